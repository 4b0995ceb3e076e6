"""What the sandbox itself says to a person, in English and in Japanese: words.json."""

import json
from pathlib import Path
from typing import Any, Literal

Language = Literal["en", "ja"]
SENTENCES: dict[Language, dict[str, str]] = json.loads(
    Path(__file__).with_name("words.json").read_text("utf-8")
)


def say(key: str, language: Language = "en", /, **values: Any) -> str:
    """Return a sentence in a language."""
    return SENTENCES[language][key].format(**values)
