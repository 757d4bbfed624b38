"""Which tests have a fake, and with which options: the nearest decorator or marker wins."""

from __future__ import annotations

import unittest

import pytest

from pytest_ecsfake import ecs_fake as switch
from pytest_ecsfake.activation.registry import REGISTRY

OF_BASE, OF_CLASS, OF_TEST = "000000000001", "000000000002", "000000000003"


@pytest.mark.ecs_fake(account=OF_BASE, clusters=["of-base"], seed="of-base")
class MarkedBase:
    account = OF_BASE

    def test_the_nearest_marker_of_a_class_wins(self, ecs_fake):
        assert ecs_fake.account == self.account
        assert ecs_fake.options.seed == "of-base"

    @pytest.mark.ecs_fake(account=OF_TEST)
    def test_the_marker_of_a_test_wins_over_any_class(self, ecs_fake):
        assert ecs_fake.account == OF_TEST
        assert ecs_fake.options.seed == "of-base"


class TestOfMarkedBase(MarkedBase): ...


@pytest.mark.ecs_fake(account=OF_CLASS)
class TestMarkedItself(MarkedBase):
    account = OF_CLASS


@switch(account=OF_CLASS)
class TestDecoratedOverMarkedBase(MarkedBase):
    account = OF_CLASS


@switch(account=OF_BASE, seed="of-base")
class DecoratedBase:
    account = OF_BASE

    def test_the_nearest_decorator_of_a_class_wins(self, ecs_fake):
        assert ecs_fake.account == self.account
        assert ecs_fake.options.seed == "of-base"

    @switch(account=OF_TEST)
    def test_the_decorator_of_a_test_wins_over_any_class(self, ecs_fake):
        assert ecs_fake.account == OF_TEST
        assert ecs_fake.options.seed == "of-base"

    @pytest.mark.ecs_fake(account=OF_TEST)
    def test_the_marker_of_a_test_is_nearer_than_the_decorator_of_its_class(self, ecs_fake):
        assert ecs_fake.account == OF_TEST


class TestOfDecoratedBase(DecoratedBase): ...


@switch(account=OF_CLASS)
class TestDecoratedItself(DecoratedBase):
    account = OF_CLASS


@pytest.mark.ecs_fake(account=OF_CLASS)
class TestMarkedOverDecoratedBase(DecoratedBase):
    account = OF_CLASS


@switch(account=OF_BASE, seed="of-base")
class DecoratedCaseOfBase(unittest.TestCase):
    account = OF_BASE

    def test_the_nearest_decorator_wins_in_a_test_case(self, ecs_fake):
        self.assertEqual(ecs_fake.account, self.account)
        self.assertEqual(ecs_fake.options.seed, "of-base")


@switch(account=OF_CLASS)
class DecoratedCase(DecoratedCaseOfBase):
    account = OF_CLASS


@pytest.mark.ecs_fake
@pytest.mark.parametrize(
    "n",
    [1, pytest.param(2, marks=pytest.mark.ecs_fake(account=OF_TEST)), pytest.param(3, marks=pytest.mark.no_ecs_fake)],
)
def test_the_marker_of_one_case_is_for_this_case(n):
    fake = REGISTRY.current()
    assert (fake.account if fake else None) == {1: "123456789012", 2: OF_TEST, 3: None}[n]


@pytest.mark.parametrize("has_fake", [False, pytest.param(True, marks=pytest.mark.ecs_fake)])
def test_a_case_without_the_marker_has_no_fake(has_fake):
    assert (REGISTRY.current() is not None) == has_fake


# --- no_ecs_fake ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.no_ecs_fake
class TestTakenOut:
    def test_has_no_fake(self):
        assert REGISTRY.current() is None

    @pytest.mark.ecs_fake
    def test_the_marker_of_a_test_is_nearer_than_that_of_its_class(self):
        assert REGISTRY.current() is not None


@switch
class OpensAFake:
    def test_has_no_fake_where_it_is_taken_out(self):
        assert (REGISTRY.current() is None) == (type(self) is TestInheritsTheDecorator)


class TestHasOne(OpensAFake): ...


@pytest.mark.no_ecs_fake
class TestInheritsTheDecorator(OpensAFake): ...


@switch
class TestWithOneTakenOut:
    @pytest.mark.no_ecs_fake
    def test_out(self):
        assert REGISTRY.current() is None

    def test_in(self):
        assert REGISTRY.current() is not None


@switch(scope="class")
class CaseWithOneTakenOut(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        assert REGISTRY.current() is not None

    def setUp(self) -> None:
        self.assertEqual(REGISTRY.current() is None, self._testMethodName == "test_out")

    @pytest.mark.no_ecs_fake
    def test_out(self):
        self.assertIsNone(REGISTRY.current())

    def test_in(self):
        self.assertIsNotNone(REGISTRY.current())
