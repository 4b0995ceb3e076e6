"""What people type, made fit to keep: by both databases, and to be shown."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text import clean, distinct_tasks, one_line, task_key


@pytest.mark.parametrize(
    ("typed", "cleaned", "in_a_line"),
    [
        (None, None, None),
        ("", None, None),
        (" \n\t ", None, None),
        ("\0", None, None),
        ("math", "math", "math"),
        ("  math  ", "math", "math"),
        ("a\nb", "a\nb", "a b"),
        ("a\r\nb\tc", "a \nb c", "a b c"),
        ("a\0b\x07c\x1b[31m", "abc[31m", "abc[31m"),
        ("a\u202eb\u2066c\u2069", "abc", "abc"),
        ("שלום עולם", "שלום עולם", "שלום עולם"),
        ("👩‍👩‍👧‍👦 数学", "👩‍👩‍👧‍👦 数学", "👩‍👩‍👧‍👦 数学"),  # held together by joiners, which stay
        ("a\ud800b", "ab", "ab"),
        ("全角　空白", "全角　空白", "全角 空白"),
        ("x" * 200, "x" * 100, "x" * 100),
        ("x" * 99 + " y", "x" * 99, "x" * 99),  # no blank at the cut
    ],
)
def test_what_cannot_be_kept_or_shown_is_dropped(typed, cleaned, in_a_line):
    assert clean(typed, 100) == cleaned
    assert one_line(typed, 100) == in_a_line


@given(st.text(st.characters()), st.integers(1, 100))
def test_what_is_left_is_short_fit_and_the_same_when_cleaned_again(typed, limit):
    for made in (clean(typed, limit), one_line(typed, limit)):
        if made is None:
            continue
        assert 1 <= len(made) <= limit
        assert made == made.strip()
        assert "\0" not in made
        assert made.encode()  # no half of a character
        assert all(unicodedata.category(c) != "Cc" or c == "\n" for c in made)
    line = one_line(typed, limit)
    assert line is None or ("\n" not in line and one_line(line, limit) == line)
    text = clean(typed, limit)
    assert text is None or clean(text, limit) == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Math", "math"),
        ("ＭＡＴＨ", "math"),
        ("caf\u00e9", "cafe\u0301"),
        ("ｶﾀｶﾅ", "カタカナ"),
        ("ß", "SS"),
    ],
)
def test_spellings_of_one_task(one, other):
    assert task_key(one) == task_key(other)
    assert distinct_tasks([one, "x", other]) == [one, "x"]
