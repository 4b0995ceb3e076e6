"""SQL as tokens, as SQLite and Postgres both read them."""

import re
from dataclasses import dataclass
from typing import NamedTuple

TOKEN = re.compile(
    r"""
      (?P<comment>--[^\n]*|/\*.*?\*/)
    | (?P<string>[eEbBxX]?'(?:[^']|'')*'|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
    | (?P<quoted>"(?:[^"]|"")*"|`[^`]*`|(?<![\w\]\[")])\[[^\W\d][^][,'"():]*\])
    | (?P<word>[^\W\d][\w$]*)
    | (?P<number>\d[\w.]*|\.\d\w*)
    | (?P<mark>::|\|\||<=|>=|<>|!=|==|->>|->|\#>>|\#>|<<|>>|@>|<@|&&|[^\s\w])
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int
    keyword: str  # a word in capitals, or a mark; empty for quoted names and strings

    @property
    def name(self) -> str:
        """The identifier that the token spells."""
        if self.kind == "quoted":
            quote = self.text[0]
            return self.text[1:-1].replace(quote * 2, quote)
        return self.text


def tokens(sql: str) -> list[Token]:
    found = []
    for match in TOKEN.finditer(sql):
        kind, text = match.lastgroup or "", match[0]
        if kind != "comment":
            keyword = text.upper() if kind in ("word", "mark") else ""
            found.append(Token(kind if kind != "tag" else "string", text, *match.span(), keyword))
    return found


def single_spaced(sql: str) -> str:
    """Return the same text with one space wherever white space was, strings left alone."""
    return joined(tokens(sql))


def joined(found: list[Token]) -> str:
    """Return the tokens as text, with one space wherever white space was."""
    out, last = "", 0
    for token in found:
        if out and token.start > last:
            out += " "
        out += token.text
        last = token.end
    return out


def unwrapped(sql: str) -> str:
    """Return the expression without parentheses around the whole of it."""
    found = tokens(sql)
    while len(found) > 2 and found[0].text == "(" and closing(found, 0) == len(found) - 1:
        found = found[1:-1]
    return sql[found[0].start : found[-1].end] if found else ""


def closing(found: list[Token], opening: int) -> int:
    """Return the place of the parenthesis that closes the one at `opening`."""
    depth = 0
    for place in range(opening, len(found)):
        depth += (found[place].text == "(") - (found[place].text == ")")
        if depth == 0:
            return place
    raise ValueError("a parenthesis is never closed")


@dataclass
class TokenStream:
    """A place in a text of SQL."""

    found: list[Token]
    at: int = 0

    @classmethod
    def over(cls, sql: str) -> "TokenStream":
        return cls(tokens(sql))

    @property
    def more(self) -> bool:
        return self.at < len(self.found)

    def sees(self, *keywords: str) -> bool:
        if not self.more or self.found[self.at].keyword != keywords[0]:
            return False
        ahead = self.found[self.at : self.at + len(keywords)]
        return [token.keyword for token in ahead] == list(keywords)

    def takes(self, *keywords: str) -> bool:
        if self.sees(*keywords):
            self.at += len(keywords)
            return True
        return False

    def token(self) -> Token:
        token = self.found[self.at]
        self.at += 1
        return token

    def path(self) -> str:
        name = self.token().name
        return f"{name}.{self.token().name}" if self.takes(".") else name

    def group(self) -> "TokenStream":
        """Return what stands between the parenthesis here and the one that closes it."""
        end = closing(self.found, self.at)
        inner = TokenStream(self.found[self.at + 1 : end])
        self.at = end + 1
        return inner

    def text(self) -> str:
        """Return all that is left, as text."""
        rest, self.at = self.found[self.at :], len(self.found)
        return joined(rest)

    def pieces(self) -> list["TokenStream"]:
        """Return what is left, cut at the commas outside parentheses."""
        cut: list[list[Token]] = [[]]
        depth = 0
        for token in self.found[self.at :]:
            depth += (token.text == "(") - (token.text == ")")
            if token.text == "," and depth == 0:
                cut.append([])
            else:
                cut[-1].append(token)
        return [TokenStream(piece) for piece in cut if piece]

    def names(self) -> tuple[str, ...]:
        return tuple(piece.token().name for piece in self.group().pieces())

    def until(self, stops: set[str]) -> str:
        """Return the text here and up to the next of `stops` outside parentheses."""
        start, depth = self.at, 0
        while self.more:
            token = self.found[self.at]
            if depth == 0 and self.at > start and token.keyword in stops:
                break
            depth += (token.text == "(") - (token.text == ")")
            self.at += 1
        return joined(self.found[start : self.at])


def words(text: str) -> set[str]:
    return set(text.split())
