"""The one exception whose reason is shown to a person."""


class UserError(Exception):
    """A command cannot be done as it was given; `refused.<key>` in locale/ says why."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values
