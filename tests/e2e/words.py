"""What the bot says, in the words of `locale/`; `{}` stands for what a test puts in."""

import re
from datetime import date, timedelta
from types import SimpleNamespace

from i18n import LANGUAGES, length, say
from views.picture.words import days, month, on, weekday_on


def spoken(language: str) -> SimpleNamespace:
    """Put together the sentences that the tests compare with, in a language."""

    def s(key: str, **values: object) -> str:
        return say(language, key, **values)

    def labels(*names: str) -> list[str]:
        return [s(f"button.{name}") for name in names]

    def dated(name: str, first: date, last: date) -> str:
        if first == last:
            return s("period.day", name=s(f"period.{name}"), day=weekday_on(language, first))
        return s("period.dated", name=s(f"period.{name}"), dates=days(language, first, last))

    def total(hours: int, before: str = "", of: int = 0) -> str:
        told = s(f"stats.before.{before}", before=worked(of)) if before else ""
        return s("stats.total", total=worked(hours), before=told)

    def worked(hours: int, minutes: int = 0) -> str:
        return length(language, timedelta(hours=hours, minutes=minutes))

    def goal(key: str, full: int, done: int, aim: int) -> str:
        bar = "▰" * full + "▱" * (10 - full)
        return s(f"goal.{key}", bar=bar, done=worked(done), aim=worked(aim))

    def line(start: str, end: str, how: str, task: str, **more: str) -> str:
        values = {"mark": "", "rest": "", "running": "", **more}
        return s("log.line", **values, start=start, end=end, worked=how, task=task)

    def by_hand(how: str, task: str) -> str:
        """Write a line whose two times a test puts in as one span."""
        whole = line("{}", "{}", how, task, mark=s("log.edited"))
        return re.sub(r"\{\}.\{\}", "{}", whole)

    def alt(*parts: str, each: list[str]) -> str:
        rest = s("picture.alt.between").join(each)
        return s("picture.alt.end").join(["ナナオ", *parts, rest])

    def running(key: str) -> str:
        head = s(f"running.{key}", name="ナナオ", task=s("started.task", task="{}"))
        return f"{head}\n{s('since', clock='{}', ago='{}')}"

    def here(key: str) -> str:
        return s(f"working.{key}", name="ナナオ", task=math, clock="{}", ago="{}")

    math, english = (s("started.task", task=task) for task in ("数学", "英語"))
    start, day, end = date(2026, 6, 29), date(2026, 7, 1), date(2026, 7, 5)
    yesterday, first, last = date(2026, 6, 30), date(2026, 6, 1), date(2026, 7, 31)
    this_week, this_month = dated("week", start, end), dated("month", day, last)
    still = s("log.running")
    none, gone = (
        s("nothing_open", last=""),
        s("nothing_open", last=s("nothing_open.last", end="{}")),
    )
    rest, goal_of_week = worked(0, 20), goal("group.going", 1, 2, 20)
    fix = [s("modal.start"), s("modal.end")]
    task_and_note = [s("modal.task.label"), s("modal.note.label")]
    each = [f"{on(language, date(2026, 6, 29))} {worked(1)}"]
    each += [f"{on(language, one)} {worked(2)}" for one in (yesterday, day)]
    months = [(5, 2), (6, 5), (7, 2)]
    return SimpleNamespace(
        language=language,
        unknown=s("refused.unknown_button"),
        empty=s("log.empty"),
        title=s("log.title"),
        page=s("log.page", page="{}", pages="{}"),
        previous=s("button.previous"),
        next=s("button.next"),
        add=s("button.add"),
        changes=labels("edit", "delete", "undo"),
        added=f"{s('log.added')}\n{by_hand(worked(1), math)}",
        edited=f"{s('log.edited.now')}\n{by_hand(worked(0, 50), english)}\n三章",
        deleted=s("log.deleted"),
        undone=s("log.undone"),
        gone=s("log.undone.gone"),
        incomplete=s("refused.add.incomplete"),
        future=s("refused.time.future", text="2026-07-02 08:00"),
        too_soon=s("refused.add.future", text="2h"),
        too_long=s("refused.fix.too_long"),
        backwards=s("refused.end.before_start", start="{}"),
        clash=s("refused.clash", start="{}", end="{}"),
        running_clash=s("refused.clash.running", start="{}"),
        running=line("{} {}", "", worked(3), math, running=still),
        too_late=s("refused.undo.too_late"),
        changed_since=s("refused.undo.changed_since"),
        entry=s("log.shown"),
        choose=s("refused.log.choose"),
        not_yours=s("refused.not_yours", name="ナナオ"),
        removed=s("refused.discarded_since"),
        form=[*fix, *task_and_note],
        nothing_open=none,
        last_ended=gone,
        offers=labels("start", "add"),
        working=labels("pause", "end", "task"),
        resting=labels("resume", "end", "task"),
        undo=s("button.undo"),
        paused=running("resting"),
        resumed=running("resumed"),
        renamed=running("task"),
        one_works=s("working", count=1),
        here=here("line"),
        here_resting=here("resting"),
        ended=s("ended", worked="{}", detail=s("ended.rest_today", rest=rest, today="{}")),
        ended_first=s("ended", worked="{}", detail=s("ended.rest", rest=rest)),
        ended_span=s("ended.span", start="{}", end="{}") + math,
        unreadable=s("refused.time.unreadable", text="99:00"),
        back_to_rest=s("undone.resting", start="{}"),
        back_to_work=s("undone", start="{}"),
        in_log=line("{}", "", worked(0, 35), math, rest=s("log.rest", rest=rest), running=still),
        add_form=[s(f"modal.{one}") for one in ("start", "end", "length")] + task_and_note,
        minutes=s("length.minutes", minutes="{}"),
        ended_labels=labels("note", "fix", "undo", "same"),
        periods={
            "today": (dated("today", day, day), total(2, "today", 2)),
            "yesterday": (dated("yesterday", yesterday, yesterday), total(2, "yesterday", 1)),
            "week": (this_week, total(5, "week", 2)),
            "month": (this_month, total(2, "month", 5)),
            "year": (dated("year", date(2026, 1, 1), date(2026, 12, 31)), total(9, "year", 2)),
            "all": (s("period.all"), total(11)),
            "6/29-7/1": (days(language, start, day), total(5)),
            "2026-06-01..2026-06-30": (
                dated("last_month", first, yesterday),
                total(5, "between", 2),
            ),
        },
        week=[
            total(5, "week", 2),
            s("stats.between").join(
                [
                    s("stats.days", count=3),
                    s("stats.sessions", count=3),
                    s("stats.average", average=worked(1, 40)),
                    s("stats.longest", longest=worked(3)),
                ]
            ),
            s("stats.best", weekday=s("weekdays").split()[1], hour=9),
            s("stats.streak", days=3),
            "",
            s("stats.task", task="英語", worked=worked(3)),
            s("stats.task", task="数学", worked=worked(2)),
        ],
        alt={
            "today": alt(weekday_on(language, day), worked(2), each=["00:00–01:00", "09:00–10:00"]),
            "week": alt(
                days(language, start, end),
                s("picture.alt.total", length=worked(5), days=s("picture.days", count=3)),
                each=each,
            ),
            "year": alt(
                s("picture.year", year=2026),
                s("picture.alt.total", length=worked(9), days=s("picture.days", count=5)),
                s("picture.longest", on=on(language, date(2026, 5, 3)), length=worked(2)),
                each=[f"{month(language, number)} {worked(h)}" for number, h in months],
            ),
        },
        nothing=s("stats.nothing", period=this_week),
        no_period=s("refused.period.unreadable", text="{}"),
        numbers=labels("why", "share"),
        streak=s("stats.streak", days=3),
        everywhere=s("stats.everywhere", total=worked(3)),
        why=s("why.page", total="3:50:03", count=13, page="{}", pages=2),
        days_begin=s("why.days", hour=0, zone="Asia/Tokyo"),
        cut=s("why.cut", start="{}", end="{}"),
        less=s("why.break", rest="0:10:00", intervals="{}–{}") + s("why.running"),
        month=this_month,
        no_records=s("rank.nothing"),
        nobody_listed=s("rank.nobody"),
        all_together=s("rank.total", total="{}"),
        together=s("together", together="{}"),
        place=s("rank.line", place="{}", entry=s("rank.entry", name="{}", done="{}", running="")),
        at_it=s("rank.running"),
        own=s("rank.own", place="{}", done="{}"),
        own_unlisted=s("rank.own.unlisted", done="{}"),
        own_private=s("rank.own.private", done="{}"),
        hours=s("length.hours", hours="{}"),
        days=s("picture.days", count="{}"),
        one_day=s("picture.days", count=1),
        by_days=s("button.by_days"),
        by_time=s("button.by_time"),
        join=s("button.join"),
        close=s("button.close"),
        panel=[
            s("me.title"),
            s("me.zone.server", zone="Asia/Tokyo", clock="12:00"),
            s("me.day_starts", hour=0),
            s("me.language.auto"),
            s("me.goal.none"),
            s("me.unlisted"),
            s("me.public"),
            s("me.remind_hours.auto"),
        ],
        controls=labels("zone", "goal", "join", "close", "export", "preview", "delete_data"),
        changed=s("me.changed"),
        taken_back=s("me.undone"),
        cut_anew=s("me.changed.zone"),
        new_york=s("me.zone", zone="America/New\\_York", clock="23:00"),
        five=s("me.day_starts", hour=5),
        languages={one: s("me.language", name=say(one, "language")) for one in LANGUAGES},
        listed=(s("me.listed"), s("button.unlist")),
        closed=(s("me.private"), s("button.open")),
        zone_now=s("completion.zone", zone="{}", clock="{}"),
        near=s("refused.zone.near", text="{}", near="{}"),
        no_zone=s("refused.zone.unknown", text="xyzzy"),
        goal_form=[s("modal.goal.per"), s("modal.goal.label")],
        two_hours=s("me.goal.day", length=worked(2)),
        ten_hours=s("me.goal.week", length=worked(10)),
        no_length=s("refused.length.unreadable", text="{}"),
        goal_too_long=s("refused.goal.too_long", text="{}"),
        day_going=goal("day.going", 5, 1, 2),
        day_reached=goal("day.reached", 10, 2, 2),
        past_day=goal("past_day.reached", 10, 2, 2),
        week_going=goal("week.going", 2, 2, 10),
        group=f"{s('group_goal.set')}\n{goal_of_week}",
        no_group=s("group_goal.none"),
        organisers=s("refused.organisers_only"),
        not_theirs=s("refused.not_yours", name="主催"),
        unsaved=s("error.unsaved"),
        unread=s("error.unread"),
        retry=s("button.retry"),
        again=labels("again"),
    )


JA, EN = spoken("ja"), spoken("en-US")
