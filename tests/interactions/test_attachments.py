"""Files come from Discord alone."""

import pytest

from interactions.attachments import is_discords

API = "http://127.0.0.1:8080/api/v10"


@pytest.mark.parametrize(
    ("url", "api", "ours"),
    [
        ("https://cdn.discordapp.com/attachments/1/2/a.csv?ex=1", None, True),
        ("https://media.discordapp.net/a.csv", None, True),
        ("http://127.0.0.1:8080/attachments/1/a.csv", API, True),
        ("http://127.0.0.1:8080/attachments/1/a.csv", None, False),
        ("http://127.0.0.1:8081/attachments/1/a.csv", API, False),
        ("http://cdn.discordapp.com/a.csv", None, False),
        ("https://cdn.discordapp.com.evil.example/a.csv", None, False),
        ("https://cdn.discordapp.com@evil.example/a.csv", None, False),
        ("https://u@cdn.discordapp.com/a.csv", None, False),
        ("https://cdn.discordapp.com:8443/a.csv", None, False),
        ("file:///etc/passwd", None, False),
        ("", API, False),
    ],
)
def test_no_other_host_is_asked(url: str, api: str | None, ours: bool) -> None:
    assert is_discords(url, api) == ours
