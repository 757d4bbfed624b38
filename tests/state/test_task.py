"""What a cluster remembers of the client tokens of RunTask."""

from __future__ import annotations

import pytest

from pytest_ecsfake.state.task import TOKEN_LIFETIME, ClientToken, ClientTokens


@pytest.mark.parametrize(("later", "known"), [(TOKEN_LIFETIME - 1, True), (TOKEN_LIFETIME, False)])
def test_a_token_is_known_for_its_lifetime(later, known):
    tokens = ClientTokens()
    meaning = ClientToken(at=1000, request=b"packed", task_arns=("arn:1",))
    tokens.remember("once", meaning)

    assert tokens.find("once", 1000 + later) == (meaning if known else None)
    assert tokens.find("never", 1000) is None


def test_tokens_whose_time_is_over_are_not_kept():
    tokens = ClientTokens()
    for number in range(5):
        tokens.remember(f"token {number}", ClientToken(number, b"", ()))

    tokens.remember("a day later", ClientToken(TOKEN_LIFETIME + 2, b"", ()))

    assert list(tokens) == ["token 3", "token 4", "a day later"]
