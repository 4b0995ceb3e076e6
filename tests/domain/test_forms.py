"""Which fields of a form are written: those that say something else than they showed."""

import pytest

from domain.errors import UserError
from domain.forms import digest, is_new


@pytest.mark.parametrize(
    ("typed", "shown", "now", "new"),
    [
        ("a", "a", "a", False),  # left as it was
        ("a", "a", "b", False),  # and changed by somebody else since
        ("b", "a", "a", True),
        ("b", "a", "b", False),  # both said the same
        (None, "a", "a", True),  # emptied
        (None, None, None, False),
        (None, None, "b", False),  # it was empty, and is left so
        ("a", None, None, True),
        ("b", "a", "c", None),
        (None, "a", "c", None),
        ("b", None, "c", None),
    ],
)
def test_only_what_was_changed_is_new_and_nothing_is_overwritten(typed, shown, now, new):
    if new is not None:
        assert is_new("task", typed, digest(shown), now) is new
        return
    with pytest.raises(UserError) as refused:
        is_new("task", typed, digest(shown), now)
    assert (refused.value.key, refused.value.values) == (
        "form.changed",
        {"word": "task", "now": now},
    )


@pytest.mark.parametrize(("typed", "now", "new"), [("a", "a", False), ("a", "b", True)])
def test_what_is_said_without_a_form_is_new_unless_it_is_so(typed, now, new):
    assert is_new("task", typed, None, now) is new


def test_digests_are_short_and_tell_texts_apart():
    texts = [None, "a", "b", "A", "2026-07-01 20:00", "2026-07-01 20:01", "x" * 500]
    found = [digest(text) for text in texts]
    assert digest("") == digest(None)
    assert len(set(found)) == len(texts)
    assert {len(one) for one in found} == {6}
