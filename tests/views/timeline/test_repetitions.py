"""Which lines are rounds of a loop. A line is a letter, its pattern; the number behind it is when it happened."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_ecsfake.views.timeline.line import Line
from pytest_ecsfake.views.timeline.repetitions import without_repetitions


def lines(letters: str, *, texts: str | None = None) -> list[Line]:
    return [
        Line(at, at, "prod/web", text, letter)
        for at, (letter, text) in enumerate(zip(letters, texts or letters, strict=True))
    ]


def shown(folded: list[Line]) -> list[str]:
    return [f"{line.text} x{line.times} to {line.until}" if line.times > 1 else line.text for line in folded]


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        pytest.param("abc", ["a", "b", "c"], id="no loop"),
        pytest.param("", [], id="nothing"),
        pytest.param("aab", ["a x2 to 1", "b"], id="the same twice"),
        pytest.param("baaaa", ["b", "a x4 to 4"], id="the same four times"),
        pytest.param("abab", ["a", "b", "a", "b"], id="two lines twice, of which a count would save one line"),
        pytest.param("ababab", ["a", "b", "the 2 lines of prod/web above, 2 more times"], id="two lines three times"),
        pytest.param("abcabc", ["a", "b", "c", "the 3 lines of prod/web above, once more"], id="three lines twice"),
        pytest.param("xabcabcab", ["x", "a", "b", "c", "the 3 lines of prod/web above, once more", "a", "b"], id="a round that has begun"),
        pytest.param("aabaabaab", ["a", "a", "b", "the 3 lines of prod/web above, 2 more times"], id="the loop that covers most"),
    ],
)  # fmt: skip
def test_a_loop_is_shown_once_and_counted(letters, expected):
    assert shown(without_repetitions(lines(letters))) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param("AB", ["A", "B"], id="two with different ids: both"),
        pytest.param("ABC", ["A x3 to 2"], id="three with different ids: the first, and how many"),
    ],
)
def test_lines_that_differ_by_their_ids(texts, expected):
    assert shown(without_repetitions(lines("a" * len(texts), texts=texts))) == expected


def test_the_line_that_counts_stands_where_the_second_round_begins_and_says_when_the_last_ends():
    [*_, again] = without_repetitions(lines("abcabcabc"))

    assert (again.at, again.until) == (3, 8)


def test_the_names_of_what_is_folded_are_not_lost():
    told = lines("abcabc")
    told[5].names = frozenset(["prod/web"])

    assert [line.names for line in without_repetitions(told)][-1] == {"prod/web"}


@given(st.text("abc", max_size=60))
def test_nothing_is_lost(letters):
    """What is shown can be written out again: each counted line as often as it says, each loop from the lines above."""
    written: list[str] = []
    for line in without_repetitions(lines(letters)):
        if "above" not in line.text:
            written += [line.pattern] * line.times
            continue
        length = int(line.text.split()[1])
        more = 1 if line.text.endswith("once more") else int(line.text.split()[-3])
        written += written[-length:] * more

    assert "".join(written) == letters
