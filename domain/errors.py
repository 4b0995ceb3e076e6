"""The one exception that is told to a person."""


class UserError(Exception):
    """What a person asked cannot be done; `key` names the sentence that says why."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values
