"""What people typed, shown as they typed it; and what a message carries for its own buttons."""

import re
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import disnake
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.goals import Goal, Progress
from domain.logbook import Inputs
from domain.text import clean
from i18n import LANGUAGES, say
from tests.support.answers import NASTY, check, labels
from views.reply import (
    LEGACY,
    THEN,
    Reply,
    ago,
    button,
    clock,
    day_and_clock,
    escape_markdown,
    goal_bar,
    legacy_inputs,
    task_of,
    text_reply,
    unescape_markdown,
)


def as_shown(escaped: str) -> str:
    """Show a text as Discord does: a backslash hides itself before whatever is no letter."""
    links = r"(https?://[^\s<]+[^\s<.,:;\"')\]])"
    parts = re.split(links, escaped)
    shown = [
        part if number % 2 else re.sub(r"\\([^0-9A-Za-z\s])", r"\1", part)
        for number, part in enumerate(parts)
    ]
    return "".join(shown).replace("<\u200b", "<")


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("math 2", "math 2"),
        ("**bold** _it_ __u__ ~~s~~", r"\*\*bold\*\* \_it\_ \_\_u\_\_ \~\~s\~\~"),
        ("||spoiler|| `code`", r"\|\|spoiler\|\| \`code\`"),
        ("```py\nx\n```", "\\`\\`\\`py\nx\n\\`\\`\\`"),
        ("[a](https://b.c)", r"\[a](https://b.c)"),
        ("\\*", r"\\\*"),
        ("<@1> <@!1> <@&1> <#1>", r"\<@1> \<@!1> \<@&1> \<#1>"),
        ("<t:1:R> <:x:1> <a:x:1> </now:1>", r"\<t:1:R> \<:x:1> \<a:x:1> \</now:1>"),
        ("<https://a.b>", r"\<https://a.b>"),
        ("# a\n## b\n### c\n-# d", "\\# a\n\\## b\n\\### c\n\\-# d"),
        ("- a\n  - b\n+ c\n* d", "\\- a\n  \\- b\n\\+ c\n\\* d"),
        ("1. a\n 23. b", "1\\. a\n 23\\. b"),  # a backslash before a digit would show
        ("> a\n>>> b", "\\> a\n\\>>> b"),
        ("a - b # c > d 1. e", "a - b # c > d 1. e"),
        ("#tag -x 1.5 +1", "#tag -x 1.5 +1"),
        ("https://a.b/c_d_e*f*", "https://a.b/c_d_e*f*"),
        ("(https://a.b/c_d).", "(https://a.b/c_d)."),
        ("**https://a.b**", r"\*\*https://a.b**"),
        # a backslash right after a link would become a part of it, and the mention a mention
        ("https://a.b<@1>", "https://a.b<\u200b@1>"),
        ("https://a.b\\<@1>", "https://a.b\\<\u200b@1>"),
        ("https://a.b.<t:1:R>", "https://a.b.<\u200bt:1:R>"),
    ],
)
def test_what_people_typed_is_no_markup(text: str, escaped: str) -> None:
    assert escape_markdown(text) == escaped
    assert as_shown(escaped) == text


@given(st.text(st.sampled_from("a1 \n*_~|`[]()<>@#-+.\\:/&!t"), max_size=40))
def test_whatever_is_typed_is_shown_as_it_is(text: str) -> None:
    escaped = escape_markdown(text)
    assert as_shown(escaped) == text
    assert unescape_markdown(escaped) == text
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_~|`\[<]", escaped)
    for shown in escaped.split("\n"):
        assert not re.match(r"\s*(?:#{1,3}|-#|[-+]|>|>>>|[0-9]+\.)\s", shown)


@given(st.lists(st.sampled_from([*NASTY, "https://a.b/c", "https://", ".", "<@1>", " "])))
def test_no_mention_is_left_beside_any_link(parts: list[str]) -> None:
    escaped = escape_markdown("".join(parts))
    without_links = re.sub(r"https?://[^\s<]+[^\s<.,:;\"')\]]", "…", escaped)
    assert not re.search(r"(?<!\\)(?:\\\\)*<(?!\u200b)", without_links)


@given(st.text(max_size=500))
def test_nothing_grows_beyond_what_a_field_holds(text: str) -> None:
    assert len(escape_markdown(text)) <= 2 * len(text)


def message_of(reply: Reply) -> disnake.Message:
    """Give the message that a reply has become, as Discord sends it back."""
    sent = reply.embed.to_dict()
    embeds = [disnake.Embed.from_dict(sent)]
    return SimpleNamespace(embeds=embeds)  # pyright: ignore[reportReturnType]


# what a command keeps: cleaned, so neither empty nor with blanks around it
TYPED = st.none() | st.text(min_size=1, max_size=500).map(lambda text: clean(text, 500))


@given(TYPED)
def test_what_is_shown_as_typed_is_read_again_as_it_was(text: str | None) -> None:
    assert unescape_markdown(escape_markdown(text or "x")) == (text or "x")


def test_what_is_no_load_is_not_taken_for_one() -> None:
    assert legacy_inputs(message_of(text_reply("x"))) == Inputs()
    assert legacy_inputs(SimpleNamespace(embeds=[])) == Inputs()  # pyright: ignore
    embed = disnake.Embed(description="x").set_footer(text="Asia/Tokyo").set_author(name="Nanao")
    assert legacy_inputs(message_of(Reply(embed))) == Inputs()


EARLIER = [
    ("▶ math", Inputs("math")),
    (f"▶ {LEGACY}x", Inputs(f"{LEGACY}x")),
    ("▶ Asia/Tokyo", Inputs("Asia/Tokyo")),
    (f"▷ 20m{THEN}now{THEN}{'x' * 100}{THEN}n", Inputs("n", "20m", "now", "x" * 100)),
    (f"▷ {THEN}now", Inputs(None, None, "now")),
    (f"▷ {THEN}{THEN}▸ x ▸", Inputs(None, None, None, "▸ x ▸")),
    (f"▷ a{THEN}{THEN}b{THEN}n\nm", Inputs("n\nm", "a", None, "b")),
    (f"▷ a{THEN}{THEN}{THEN}a{THEN}b{THEN}", Inputs(f"a{THEN}b{THEN}", "a")),
]


@pytest.mark.parametrize(("footer", "words"), EARLIER)
def test_what_an_earlier_release_carried_in_a_footer_is_read(footer: str, words: Inputs) -> None:
    embed = disnake.Embed(description="x").set_footer(text=footer)
    assert legacy_inputs(message_of(Reply(embed))) == words


def test_what_earlier_releases_carried_is_read_too() -> None:
    embed = disnake.Embed(description="x").set_author(name="▶ 20m").set_footer(text="▶ math")
    assert legacy_inputs(message_of(Reply(embed))) == Inputs("math", "20m")
    assert legacy_inputs(message_of(Reply(embed.remove_footer()))) == Inputs(None, "20m")


def test_a_sixth_button_begins_a_new_row() -> None:
    more = [button("ja", "end", f"end:{number}") for number in range(7)]
    reply = text_reply("x", 0, more[0]).with_button(*more[1:])
    assert labels(reply) == ["終了"] * 7
    assert reply.has_button_for("end")
    assert not reply.has_button_for("en", "fix")
    check(reply)
    assert text_reply("x").with_line("y").embed.description == "x\ny"


def test_instants_are_shown_on_each_readers_own_clock() -> None:
    at = datetime(2026, 7, 1, 12, 0, 59, 999999, tzinfo=UTC)
    assert (clock(at), day_and_clock(at), ago(at)) == (
        "<t:1782907259:t>",
        "<t:1782907259:f>",
        "<t:1782907259:R>",
    )


def test_a_task_is_named_if_there_is_one() -> None:
    assert task_of("ja", "数*学") == r"・数\*学"
    assert task_of("ja", None) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_goal_for_which_nobody_worked_has_no_minute(language):
    on = date(2026, 7, 1)
    under, none = say(language, "length.under_a_minute"), say(language, "length.minutes", minutes=0)
    for seconds, said in ((0, none), (59, under)):
        done = Progress(Goal(on, 180, "week"), on, on, timedelta(seconds=seconds))
        assert said in goal_bar(language, done, "group")
