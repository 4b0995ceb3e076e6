"""Discord's refusals to the bot, and what a person in Discord could not do or never got."""

from __future__ import annotations

from typing import Any

from devtools.sandbox.words import Language, say


class Refusal(Exception):
    """Discord's refusal of one request: an HTTP status, Discord's own code, and where it hurts."""

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        errors: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.headers = headers or {}
        self.body: dict[str, Any] = {"message": message, "code": code}
        if errors:
            self.body["errors"] = errors


def not_found() -> Refusal:
    return Refusal(404, 0, "404: Not Found")


def unauthorized() -> Refusal:
    return Refusal(401, 0, "401: Unauthorized")


def unknown(thing: str) -> Refusal:
    """Create the 404 for a thing that is not there (opcodes-and-status-codes, JSON error codes)."""
    codes = {
        "Application": 10002,
        "Channel": 10003,
        "Guild": 10004,
        "Member": 10007,
        "Message": 10008,
        "User": 10013,
        "Webhook": 10015,
        "interaction": 10062,
        "application command": 10063,
    }
    return Refusal(404, codes[thing], f"Unknown {thing}")


class LocalizedError(Exception):
    """An error whose message is a sentence of words.json, in the reader's language."""

    def __init__(self, key: str, /, **values: Any) -> None:
        super().__init__(say(key, **values))
        self.key = key
        self.values = values

    def in_language(self, language: Language) -> str:
        return say(self.key, language, **self.values)


class NotAnswered(LocalizedError):
    """The bot gave no visible answer in time: a person reads "The application did not respond"."""

    def __init__(self, key: str, interaction: Any, seconds: float) -> None:
        super().__init__(key, seconds=seconds, what=interaction)
        self.interaction = interaction


class NotPossible(LocalizedError):
    """A person could not do this in Discord: no such command, option or button, or not theirs."""


class NotReady(Exception):
    """No bot connected and registered its commands in the time given."""
