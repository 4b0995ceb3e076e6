"""What a person reads: times in their zone and language, embeds, buttons, forms."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from devtools.sandbox.errors import NotPossible
from devtools.sandbox.forms import Modal
from devtools.sandbox.messages import Attachment, Message
from devtools.sandbox.render import Reader
from devtools.sandbox.stamps import ago, terminal_zone, with_times

TOKYO = ZoneInfo("Asia/Tokyo")
SECONDS = 1772962205  # 2026-03-08 18:30:05 in Tokyo, a Sunday


@pytest.mark.parametrize(
    ("style", "japanese", "american", "british"),
    [
        (":t", "18:30", "6:30 PM", "18:30"),
        (":T", "18:30:05", "6:30:05 PM", "18:30:05"),
        (":d", "2026/03/08", "3/8/2026", "08/03/2026"),
        (":D", "2026年3月8日", "March 8, 2026", "8 March 2026"),
        (":f", "2026年3月8日 18:30", "March 8, 2026 at 6:30 PM", "8 March 2026 at 18:30"),
        ("", "2026年3月8日 18:30", "March 8, 2026 at 6:30 PM", "8 March 2026 at 18:30"),
        (
            ":F",
            "2026年3月8日 日曜日 18:30",
            "Sunday, March 8, 2026 at 6:30 PM",
            "Sunday, 8 March 2026 at 18:30",
        ),
        (":s", "2026/03/08 18:30", "3/8/2026, 6:30 PM", "08/03/2026, 18:30"),
        (":S", "2026/03/08 18:30:05", "3/8/2026, 6:30:05 PM", "08/03/2026, 18:30:05"),
        (":R", "20分前", "20 minutes ago", "20 minutes ago"),
    ],
)
def test_a_stamp_is_read_in_ones_own_zone_and_language(style, japanese, american, british):
    now = datetime.fromtimestamp(SECONDS, UTC) + timedelta(minutes=20)
    for locale, words in (("ja", japanese), ("en-US", american), ("de", british)):
        written = with_times(f"<t:{SECONDS}{style}> から", locale, TOKYO, now)
        assert written == f"{words} から"


@pytest.mark.parametrize(
    ("seconds", "english", "japanese"),
    [
        (0, "a few seconds ago", "数秒前"),
        (-10, "in a few seconds", "数秒後"),
        (60, "a minute ago", "1分前"),
        (-1200, "in 20 minutes", "20分後"),
        (3600, "an hour ago", "1時間前"),
        (3 * 3600, "3 hours ago", "3時間前"),
        (86400, "a day ago", "1日前"),
        (5 * 86400, "5 days ago", "5日前"),
        (31 * 86400, "a month ago", "1ヶ月前"),
        (-366 * 86400, "in a year", "1年後"),
    ],
)
def test_relative_times_are_rounded_as_the_client_rounds(seconds, english, japanese):
    assert (ago(seconds, "en-US"), ago(seconds, "ja")) == (english, japanese)


def _reader(place, tmp_path, language="en"):
    return Reader(place.nanao, language, TOKYO, tmp_path)


def _message(place, **more):
    sent = place.discord.new_id(datetime.fromtimestamp(SECONDS, UTC))
    return Message(sent, place.channel, place.discord.bot_user, **more)


def test_a_message_says_who_sees_it_and_that_it_is_silent(place, tmp_path):
    message = _message(place, content="やあ", flags=64 | 4096)
    assert _reader(place, tmp_path).message(message) == [
        "sandboxed · 18:30 · only you can see this · silent",
        "  やあ",
    ]
    assert "あなただけに表示 · 通知なし" in _reader(place, tmp_path, "ja").message(message)[0]


def test_an_embed_has_a_bar_and_a_control_its_brackets(place, tmp_path):
    row = [
        {"type": 2, "style": 1, "label": "終了", "custom_id": "e"},
        {"type": 2, "style": 1, "label": "前", "custom_id": "p", "disabled": True},
        {"type": 2, "style": 5, "label": "Help", "emoji": {"name": "❓"}, "url": "https://x.y"},
    ]
    menu = {"type": 3, "custom_id": "m", "options": [{"label": "週", "value": "w"}]}
    embed = {
        "author": {"name": "ナナオ"},
        "title": "Stats",
        "description": "one\ntwo",
        "fields": [
            {"name": "Total", "value": "3 h", "inline": True},
            {"name": "By task", "value": "math\nart", "inline": False},
        ],
        "footer": {"text": "Asia/Tokyo"},
        "timestamp": "2026-03-08T09:30:05+00:00",
    }
    rows = [{"type": 1, "components": row}, {"type": 1, "components": [menu]}]
    message = _message(place, embeds=[embed], components=rows)
    assert _reader(place, tmp_path).message(message)[1:] == [
        "  ▎ ナナオ",
        "  ▎ **Stats**",
        "  ▎ one",
        "  ▎ two",
        "  ▎ Total: 3 h",
        "  ▎ By task",
        "  ▎   math",
        "  ▎   art",
        "  ▎ Asia/Tokyo · 2026/03/08 18:30",
        "  [終了] (前) [❓ Help ↗ https://x.y]",
        "  [… ▾ 週]",
    ]


def test_components_of_version_2_are_read_in_their_order(place, tmp_path):
    words = {"type": 10, "content": "hello"}
    button = {"type": 2, "style": 1, "label": "Go", "custom_id": "g"}
    parts = [
        {"type": 17, "components": [words, {"type": 14}]},
        {"type": 9, "components": [words], "accessory": button},
        {"type": 12, "items": [{"media": {"url": "https://x.y/a.png"}}]},
    ]
    message = _message(place, components=parts, flags=1 << 15)
    lines = ["▎ hello", "▎ ───", "hello", "[Go]", "https://x.y/a.png"]
    assert _reader(place, tmp_path).message(message)[1:] == [f"  {line}" for line in lines]


def test_mentions_emoji_and_commands_are_named(place, tmp_path):
    text = (
        f"<@{place.hana.id}> <#{place.channel.id}> <@&{place.guild.id}> <:moon:123> </start:5> <@1>"
    )
    expected = "@hana #general @@everyone :moon: /start <@1>"
    assert _reader(place, tmp_path).text(text) == expected


def test_files_are_saved_and_named_by_their_path(place, tmp_path):
    file = Attachment(7, "../rows.csv", b"a,b", "http://x")
    lines = _reader(place, tmp_path / "files").message(_message(place, attachments=[file]))
    path = tmp_path / "files" / "7-rows.csv"
    assert lines[1] == f"  file: {path}"
    assert path.read_bytes() == b"a,b"


PER = {
    "type": 3,
    "custom_id": "per",
    "options": [{"label": "day", "value": "D", "default": True}, {"label": "week", "value": "W"}],
}


@pytest.mark.parametrize(
    ("said", "sent"),
    [({"Per": "week"}, ["W"]), ({"per": "W"}, ["W"]), ({}, ["D"]), ({"Per": ""}, ["D"])],
)
def test_a_menu_in_a_form_is_filled_in_by_what_one_sees(said, sent):
    modal = Modal("Goal", "m", [{"type": 18, "label": "Per", "component": PER}], 1, 2)
    part = {"type": 3, "id": 2, "custom_id": "per", "values": sent}
    assert modal.submission(said)["components"] == [{"type": 18, "id": 1, "component": part}]


@pytest.mark.parametrize(
    ("component", "said", "refusal"),
    [(PER, {"Per": "year"}, "year"), (PER | {"options": [PER["options"][1]]}, {}, "filled")],
)
def test_a_menu_in_a_form_sends_nothing_that_is_not_there(component, said, refusal):
    modal = Modal("Goal", "m", [{"type": 18, "label": "Per", "component": component}], 1, 2)
    with pytest.raises(NotPossible, match=refusal):
        modal.submission(said)


@pytest.mark.parametrize(
    ("name", "zone"), [("Europe/London", "Europe/London"), (":Asia/Tokyo", "Asia/Tokyo")]
)
def test_times_are_the_terminals(monkeypatch, name, zone):
    monkeypatch.setenv("TZ", name)
    assert terminal_zone().key == zone


@pytest.mark.parametrize(
    ("link", "zone"),
    [
        ("/usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo"),
        ("/var/db/timezone/zoneinfo/America/New_York", "America/New_York"),
        ("/etc/localtime", "UTC"),  # a copy, which does not say its name
    ],
)
def test_without_tz_they_are_the_machines(monkeypatch, link, zone):
    monkeypatch.setenv("TZ", "JST-9")  # no zone that Python knows
    monkeypatch.setattr("os.path.realpath", lambda path: link)
    assert terminal_zone().key == zone


def test_a_form_shows_its_fields_and_how_to_fill_it_in(place, tmp_path):
    fields = [
        {"type": 4, "custom_id": "a", "label": "When", "style": 1, "value": "21:40"},
        {"type": 4, "custom_id": "b", "label": "What", "style": 2, "required": False},
    ]
    rows = [{"type": 1, "components": [field]} for field in fields]
    rows.append({"type": 18, "label": "Per", "component": PER})
    modal = Modal("Fix", "m", rows, user_id=1, channel_id=2)
    assert _reader(place, tmp_path).form(modal) == [
        "form: Fix",
        "▎ When: (required · now: 21:40)",
        "▎ What:",
        "▎ Per: (day | week · now: day)",
        "fill it in with: fill When: … | What: … | Per: …",
    ]
