"""What our client does otherwise than disnake's."""

from disnake.ext.commands import params

import bot


def test_the_signature_of_a_callback_is_read_once() -> None:
    def callback(text: "str" = "") -> None:
        """Do nothing."""

    assert bot  # loading it is enough
    first = params.collect_params(callback)
    assert [one.name for one in first[2]] == ["text"]
    assert params.collect_params(callback) is first
    read = vars(params)["get_signature_parameters"]
    assert read(callback) is read(callback)
