"""Many keys in order: whatever is added and dropped, they go on behind any key in both directions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pytest_ecsfake.state.sorted_keys import SortedKeys


@given(keys=st.lists(st.integers(0, 10_000), unique=True, max_size=3000), start=st.integers(0, 10_000))
def test_they_go_on_behind_any_key(keys, start):
    sorted_keys = SortedKeys()
    for key in keys:
        sorted_keys.add(key)
    for key in keys[::3]:
        sorted_keys.drop(key)
    left = sorted(set(keys) - set(keys[::3]))

    assert list(sorted_keys.after(None)) == left
    assert list(sorted_keys.after(None, descending=True)) == left[::-1]
    assert list(sorted_keys.after(start)) == [key for key in left if key > start]
    assert list(sorted_keys.after(start, descending=True)) == [key for key in left[::-1] if key < start]
    assert len(sorted_keys) == len(left)
