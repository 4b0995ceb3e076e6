"""How every answer looks: in the words of both languages, and within Discord's limits."""

from dataclasses import replace
from datetime import timedelta

import pytest
from disnake.utils import time_snowflake
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.command import (
    AlreadyOpen,
    Answer,
    ConfirmDiscard,
    Continued,
    Discarded,
    Ended,
    NothingOpen,
    NotYours,
    Panel,
    Restarted,
    Started,
    Working,
)
from domain.decisions.stats import Stats
from domain.intervals import Interval
from domain.sessions import Break
from i18n import say
from interactions.placement import is_public
from tests.support.answers import (
    ASKED,
    LANGUAGES,
    NASTY,
    NOW,
    check,
    ids,
    kinds,
    labels,
    of,
    session,
)
from views.answer import render
from views.sessions import with_outage_note

T = int(NOW.timestamp())
OPEN = session(60, task="数学")
OVER = session(85, 0, task="数学", id=6)
ENDED = Ended(ASKED, OVER, timedelta(hours=3, minutes=5), 99)
STARTED = Started(ASKED, OPEN, 2)
END, START = {"ja": "終了", "en-US": "End"}, {"ja": "いま開始", "en-US": "Start"}


def said(answer: Answer, language: str) -> str:
    return render(answer, language).embed.description or ""


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
@settings(max_examples=20)
@given(data=st.data())
def test_discord_takes_every_answer_and_only_posts_are_public(kind, data):
    answer = data.draw(of(kind, kind))
    for language in LANGUAGES:
        reply = render(answer, language)
        check(reply)
        assert reply.embed.description
        assert len(set(ids(reply))) == len(reply.buttons)
        check(with_outage_note(reply, language, Interval(NOW - timedelta(hours=1), NOW), OPEN))
    if kind is Panel:
        expected = True
    elif answer.preferences.private or (not answer.preferences.posts and kind is not Stats):
        expected = False
    elif isinstance(answer, Continued):
        expected = answer.news in ("paused", "resumed")
    elif isinstance(answer, Stats):
        expected = answer.shared and answer.summary.sessions > 0
    else:
        expected = kind in (Started, Ended, Restarted)
    assert is_public(answer) is expected


def test_what_has_no_view_says_so():
    with pytest.raises(TypeError, match="no view for Answer"):
        render(Answer(ASKED), "ja")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "ja",
            "**ナナオ**さん もくもく開始・数学（ほかに2人）\n"
            f"<t:{T - 3600}:t>から（<t:{T - 3600}:R>）",
        ),
        (
            "en-US",
            f"**ナナオ** started · 数学 (2 others)\nsince <t:{T - 3600}:t> (<t:{T - 3600}:R>)",
        ),
    ],
)
def test_a_start_says_who_what_since_when_and_how_many_others(language, text):
    reply = render(STARTED, language)
    assert reply.embed.description == text
    assert dict(zip(ids(reply), labels(reply), strict=True))["end:5"] == END[language]


def test_what_is_zero_is_left_out():
    alone = replace(STARTED, others=0, session=session(60))
    assert said(alone, "ja").startswith("**ナナオ**さん もくもく開始\n")
    assert said(alone, "en-US").startswith("**ナナオ** started\n")
    assert "(1 other)" in said(replace(STARTED, others=1), "en-US")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ja", "もくもく終了・1時間25分（きょう合計3時間5分）。おつかれさまでした"),
        ("en-US", "Done: 1 h 25 min, 3 h 5 min today. Nice work"),
    ],
)
def test_an_end_says_how_long_and_today(language, text):
    reply = render(ENDED, language)
    first, second = said(ENDED, language).split("\n")
    assert first == text
    assert f"<t:{T - 85 * 60}:t>" in second
    assert f"<t:{T}:t>" in second
    assert "数学" in second
    assert reply.embed.author.name == "ナナオ"
    assert reply.embed.footer.text == "Asia/Tokyo"  # whose day it is
    assert ids(reply) == ["note:6", "fix:6", "undo:99", "same:6"]
    expected = {
        "ja": ["やったこと", "時刻を直す", "元に戻す"],
        "en-US": ["Note", "Fix time", "Undo"],
    }
    assert labels(reply) == [*expected[language], say(language, "button.same")]
    without = render(replace(ENDED, session=replace(OVER, task=None)), language)
    assert labels(without)[-1] == say(language, "button.start_again")


def test_an_end_has_dates_unless_it_all_was_today():
    end, start = T, T - 85 * 60
    pressed = time_snowflake(NOW)
    today = said(replace(ENDED, change_id=pressed), "en-US").split("\n")[1]
    assert today.startswith(f"<t:{start}:t> – <t:{end}:t>")
    next_day = replace(ENDED, change_id=time_snowflake(NOW + timedelta(days=1)))
    shown = said(next_day, "en-US").split("\n")[1]
    assert shown.startswith(f"<t:{start}:d> <t:{start}:t> – <t:{end}:t>")
    night = replace(OVER, started_at=OVER.ended_at - timedelta(hours=26))
    shown = said(replace(ENDED, session=night, change_id=pressed), "en-US").split("\n")[1]
    begun = end - 26 * 3600
    assert shown.startswith(f"<t:{begun}:d> <t:{begun}:t> – <t:{end}:d> <t:{end}:t>")


def test_today_is_said_only_where_it_says_more():
    for today in (timedelta(seconds=59), timedelta(minutes=85)):
        assert said(replace(ENDED, today=today), "en-US").startswith("Done: 1 h 25 min. Nice work")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ja", "もくもく終了・1時間15分（休憩10分、きょう合計3時間5分）。おつかれさまでした"),
        ("en-US", "Done: 1 h 15 min (break 10 min), 3 h 5 min today. Nice work"),
    ],
)
def test_an_end_says_how_much_was_break(language, text):
    start = OVER.started_at
    paused = replace(OVER, breaks=(Break(start, start + timedelta(minutes=10)),))
    assert said(replace(ENDED, session=paused), language).split("\n")[0] == text


def test_a_note_stands_below_its_end():
    (field,) = render(replace(ENDED, session=replace(OVER, note="p. 3\n*")), "en-US").embed.fields
    assert (field.name, field.value) == ("Note", "p. 3\n\\*")
    assert not render(ENDED, "en-US").embed.fields


def test_a_restart_says_both():
    reply = render(Restarted(ASKED, ENDED, STARTED), "ja")
    assert reply.embed.description == f"{said(ENDED, 'ja')}\n\n{said(STARTED, 'ja')}"
    assert {"end:5", "note:6", "fix:6", "undo:99"} <= set(ids(reply))


@pytest.mark.parametrize(
    ("language", "text", "buttons"),
    [
        (
            "ja",
            f"<t:{T - 3600}:t>から作業中です・数学。どうしますか？",
            ["このまま続ける", "終えて新しく開始", "終えた時刻を入力"],
        ),
        (
            "en-US",
            f"Working since <t:{T - 3600}:t> · 数学. What now?",
            ["Keep", "End and restart", "Ended at…"],
        ),
    ],
)
def test_a_double_start_asks_and_carries_the_new_task(language, text, buttons):
    reply = render(AlreadyOpen(ASKED, OPEN, NOW, "reading", "2h"), language)
    assert (reply.embed.description, labels(reply)) == (text, buttons)
    assert ids(reply) == ["keep:5", "restart:5", "ended_at:5"]
    assert [(one.name, one.value) for one in reply.embed.fields] == [
        (say(language, "modal.next_task"), "reading"),
        (say(language, "modal.plan"), "2h"),
    ]
    assert reply.embed.footer.text is None
    assert render(AlreadyOpen(ASKED, OPEN, NOW, None), language).embed.fields == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clock_of_another_half_day_has_its_date(language):
    for hours, style in ((11, "t"), (12, "f"), (26, "f")):
        began = NOW - timedelta(hours=hours)
        active = replace(OPEN, started_at=began, planned_end_at=NOW)
        start, end = (f"<t:{int(at.timestamp())}:{style}>" for at in (began, NOW))
        for answer in (AlreadyOpen(ASKED, active, NOW, None), ConfirmDiscard(ASKED, active, NOW)):
            assert start in said(answer, language)
        assert end in said(Started(ASKED, active, 0), language)


def test_nothing_open_tells_of_the_last_and_offers_a_start():
    for language, first, text in (
        ("ja", "いまは作業していません。", f"いまは作業していません。前回は<t:{T}:f>までです"),
        ("en-US", "Not working now.", f"Not working now. Last ended <t:{T}:f>"),
    ):
        assert said(NothingOpen(ASKED, None), language) == first
        reply = render(NothingOpen(ASKED, OVER), language)
        assert reply.embed.description == text
        assert (labels(reply)[0], ids(reply)[0]) == (START[language], "start")


def test_a_session_that_a_removal_ended_can_be_repaired_at_once():
    reply = render(NothingOpen(ASKED, replace(OVER, closed_by="removal")), "ja")
    assert "ボットがこのサーバーから外されたので" in (reply.embed.description or "")
    assert {"start", "fix:6"} <= set(ids(reply))


@pytest.mark.parametrize(
    ("answer", "japanese", "english"),
    [
        (
            Working(ASKED, (), None),
            "いまは静かです。よかったらどうぞ",
            "Quiet now. Join if you like",
        ),
        (Continued(ASKED, OPEN, "undone"), f"元に戻しました。<t:{T - 3600}:t>から作業中です",
         f"Undone. Working since <t:{T - 3600}:t>"),
        (Continued(ASKED, OPEN), f"このまま続けます。<t:{T - 3600}:t>から作業中です",
         f"Still working, since <t:{T - 3600}:t>"),
        (ConfirmDiscard(ASKED, OPEN, NOW),
         f"<t:{T - 3600}:t>からの作業・数学を記録しないで終えますか？",
         f"Discard your session (running since <t:{T - 3600}:t> · 数学)?"),
        (Discarded(ASKED, OPEN, 99), "記録しませんでした。24時間以内なら元に戻せます",
         "Discarded. You can undo this for 24 hours"),
        (
            NotYours(ASKED, "ハナ", OPEN),
            "これはハナさんのボタンです。自分の作業を終えますか？",
            "ハナ's button. End yours?",
        ),
        (NotYours(ASKED, "ハナ", None), "ハナさんのボタンです。操作できるのは本人だけです",
         say("en-US", "refused.not_yours", name="ハナ")),
    ],
)  # fmt: skip
def test_the_other_answers_in_both_languages(answer, japanese, english):
    assert said(answer, "ja") == japanese
    assert said(answer, "en-US") == english


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Working(ASKED, (), None), ["start"]),
        (Working(ASKED, (OPEN,), OPEN), ["end:5"]),
        (Working(ASKED, (OPEN,), None), ["start"]),
        (Continued(ASKED, OPEN), ["pause:5", "end:5", "task:5"]),
        (Continued(ASKED, OPEN, "task", 99), ["pause:5", "end:5", "task:5", "undo:99"]),
        (ConfirmDiscard(ASKED, OPEN, NOW), ["discard:5", "keep:5"]),
        (Discarded(ASKED, OPEN, 99), ["undo:99"]),
        (NotYours(ASKED, "ハナ", OPEN), ["end:5"]),
        (NotYours(ASKED, "ハナ", None), ["start"]),
        (Panel(ASKED), ["panel:start", "panel:end", "panel:now"]),
    ],
)
def test_every_button_names_what_it_acts_on(answer, expected):
    assert ids(render(answer, "ja")) == expected


def test_those_who_work_are_listed_with_their_tasks():
    hana = session(30, user_name="ハナ", id=8)
    text = said(Working(ASKED, (OPEN, hana), None), "ja")
    assert text.split("\n") == [
        "いま2人が作業中です",
        f"**ナナオ**さん・数学 <t:{T - 3600}:t>から（<t:{T - 3600}:R>）",
        f"**ハナ**さん <t:{T - 1800}:t>から（<t:{T - 1800}:R>）",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("nasty", NASTY)
def test_two_hundred_people_fit_whole_lines_and_none_is_forgotten(nasty, language):
    everybody = tuple(
        session(n, id=n, user_name=(nasty * 80)[:80], task=(nasty * 100)[:100].strip())
        for n in range(1, 201)
    )
    reply = render(Working(ASKED, everybody, None), language)
    check(reply)
    text = reply.embed.description or ""
    shown = text.count(":R>") if "<t:" not in nasty else text.count("(<t:") + text.count("（<t:")
    more = {"ja": f"…ほかに{200 - shown}人", "en-US": f"… and {200 - shown} more"}
    assert text.endswith(more[language])
    assert 1 <= shown <= 25
    assert len(text) <= 4096


def test_a_room_of_as_many_as_are_shown_has_no_more():
    everybody = tuple(session(n, id=n) for n in range(25))
    assert "ほかに" not in said(Working(ASKED, everybody, None), "ja")
    assert said(Working(ASKED, (*everybody, OPEN), None), "ja").endswith("…ほかに1人")


# While the bot was away.

OUTAGE = Interval(NOW - timedelta(minutes=30), NOW - timedelta(minutes=10))


def test_a_downtime_is_told_and_another_end_offered():
    reply = with_outage_note(render(STARTED, "ja"), "ja", OUTAGE, OPEN)
    told = f"<t:{T - 1800}:f>から<t:{T - 600}:t>まで、ボットが止まっていました。"
    assert told in (reply.embed.description or "")
    assert "stopped:5" in ids(reply)


def test_an_answer_with_its_own_repair_gets_no_second_one():
    ended = with_outage_note(render(ENDED, "ja"), "ja", OUTAGE, OVER)
    assert ids(ended) == ids(render(ENDED, "ja"))
    double = with_outage_note(render(AlreadyOpen(ASKED, OPEN, NOW, None), "ja"), "ja", OUTAGE, OPEN)
    assert ids(double) == ["keep:5", "restart:5", "ended_at:5"]
    assert "ボットが止まっていました" in (double.embed.description or "")
