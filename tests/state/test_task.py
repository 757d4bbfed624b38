"""What the store of a cluster's tasks remembers of client tokens."""

from __future__ import annotations

import pytest

from pytest_ecsfake.state.task import TOKEN_LIFETIME, ClientToken, Tasks


@pytest.mark.parametrize(("later", "known"), [(TOKEN_LIFETIME - 1, True), (TOKEN_LIFETIME, False)])
def test_a_token_is_known_for_its_lifetime(later, known):
    tasks = Tasks()
    meaning = ClientToken(at=1000, request=b"packed", task_arns=("arn:1",))
    tasks.remember("once", meaning)

    assert tasks.client_token("once", 1000 + later) == (meaning if known else None)
    assert tasks.client_token("never", 1000) is None


def test_tokens_whose_time_is_over_are_not_kept():
    tasks = Tasks()
    for number in range(5):
        tasks.remember(f"token {number}", ClientToken(number, b"", ()))

    tasks.remember("a day later", ClientToken(TOKEN_LIFETIME + 2, b"", ()))

    assert list(tasks._client_tokens) == ["token 3", "token 4", "a day later"]
