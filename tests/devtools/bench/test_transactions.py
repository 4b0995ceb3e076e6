"""The medians of two commits' transactions, without the round in which nothing was warm."""

from devtools.bench.transactions import MEMBERS, rows


def test_the_first_round_and_a_server_that_is_none_are_left_out():
    cold, before, after = ([[ms / 1000, 0.0]] * MEMBERS for ms in (9, 2, 1))
    found = rows("SQLite", {"end": cold + before}, {"end": cold + after})
    assert list(found) == [["SQLite, end: the thread", "2.00", "1.00", "0.50"]]
