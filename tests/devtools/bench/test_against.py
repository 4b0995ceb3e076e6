"""Two commits are compared question by question, whatever they call them."""

from devtools.bench.against import table


def test_the_table_has_both_and_the_ratio_of_the_slow_ends() -> None:
    def seconds(*milliseconds: float) -> list[float]:
        return [one / 1000 for one in milliseconds]

    before = {"few": {"rank.board": seconds(4, 2, 3), "gone": seconds(1)}}
    after = {"few": {"leaderboard.leaderboard_page": seconds(1, 2, 1.5)}}
    assert table(before, after).splitlines() == [
        "| p50 / p95, ms | few |",
        "|---|---:|",
        "| leaderboard.leaderboard_page | 3.0 / 4.0 → 1.5 / 2.0 (0.50) |",
        "| gone |  |",
    ]
