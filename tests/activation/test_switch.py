"""Turning a fake on and off: decorator, context manager, fixture and marker, under pytest and without it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import unittest
from typing import Any
from unittest import mock

import botocore.config
import botocore.session
import pytest
from botocore.exceptions import NoCredentialsError

from pytest_ecsfake import AnsweredElsewhereWarning, EcsFake, EcsFakeNotBuiltError, EcsFakeUsageError
from pytest_ecsfake import ecs_fake as switch
from pytest_ecsfake.activation.environment import NO_REAL_CONFIGURATION
from pytest_ecsfake.activation.registry import REGISTRY


def create(name: str) -> None:
    botocore.session.Session().create_client("ecs").create_cluster(clusterName=name)


# --- context manager and decorator ------------------------------------------------------------------------------------------------------


def test_a_context_manager_needs_no_pytest():
    with switch(region="eu-west-1", clusters=["prod"]) as ecs:
        create("other")
        assert {cluster.name for cluster in ecs.clusters} == {"prod", "other"}
        assert ecs.clusters["prod"].arn == "arn:aws:ecs:eu-west-1:123456789012:cluster/prod"

    assert REGISTRY.current() is None


def test_a_context_manager_may_be_used_twice_and_is_a_new_fake_each_time():
    manager = switch()
    with manager:
        create("prod")
    with manager as ecs:
        assert len(ecs.clusters) == 0


def test_a_context_manager_inside_a_test_opens_a_new_fake_on_top(ecs_fake):
    create("outer")
    with switch() as inner:
        create("inner")
        assert [cluster.name for cluster in inner.clusters] == ["inner"]
    assert [cluster.name for cluster in ecs_fake.clusters] == ["outer"]


def test_the_bare_name_is_no_context_manager():
    with pytest.raises(EcsFakeUsageError, match=r"Write `with ecs_fake\(\) as ecs:`"):
        switch.__enter__()


@switch
def test_a_decorated_function_has_a_fake():
    create("prod")


@switch(region="eu-west-1", clusters=["prod"])
def test_a_parameter_of_a_decorated_function_receives_the_handle(ecs_fake):
    assert ecs_fake.clusters["prod"].arn == "arn:aws:ecs:eu-west-1:123456789012:cluster/prod"


def test_a_decorated_function_works_when_it_is_called_by_hand():
    @switch(clusters=["prod"])
    def names(prefix: str, ecs_fake: EcsFake) -> list[str]:
        return [prefix + cluster.name for cluster in ecs_fake.clusters]

    assert names("x-") == ["x-prod"]  # type: ignore[call-arg]


def test_a_caller_by_hand_may_give_a_handle_and_arguments_by_position():
    @switch(clusters=["prod"])
    def names(ecs_fake: EcsFake, prefix: str, *, suffix: str = "") -> list[str]:
        return [prefix + cluster.name + suffix for cluster in ecs_fake.clusters]

    with switch(clusters=["mine"]) as mine:
        assert names("x-", suffix="-y") == ["x-prod-y"]  # type: ignore[call-arg, arg-type]
        assert names(prefix="x-") == ["x-prod"]  # type: ignore[call-arg]
        assert names(mine, "x-") == ["x-mine"]
        assert names(prefix="x-", ecs_fake=mine) == ["x-mine"]


def test_a_decorated_coroutine_has_a_fake_until_it_is_done():
    @switch
    async def flow(ecs_fake: Any) -> str:
        await asyncio.sleep(30)
        create("prod")
        return ecs_fake.clusters["prod"].status

    assert asyncio.run(flow()) == "ACTIVE"
    assert REGISTRY.current() is None


@switch(clusters=["of-class"], account="111122223333")
class TestDecoratedClass:
    def setup_method(self) -> None:
        create("of-setup")

    def test_each_test_has_a_fake_with_its_setup(self, ecs_fake):
        assert [cluster.name for cluster in ecs_fake.clusters] == ["of-class", "of-setup"]

    @switch(clusters=["of-function"])
    def test_the_decorator_of_the_function_wins_option_by_option(self, ecs_fake):
        assert [cluster.name for cluster in ecs_fake.clusters] == ["of-function", "of-setup"]
        assert ecs_fake.account == "111122223333"


@switch(clusters=["of-class"])
class DecoratedTestCase(unittest.TestCase):
    def setUp(self) -> None:
        create("of-setup")

    def tearDown(self) -> None:
        create("of-teardown")

    def test_setup_and_test_share_a_fake(self, ecs_fake=None):
        create("of-test")
        assert [cluster.name for cluster in ecs_fake.clusters] == ["of-class", "of-setup", "of-test"]

    def test_the_next_test_has_its_own(self, ecs_fake=None):
        assert len(ecs_fake.clusters) == 2


@switch(scope="class")
class TestCaseWithSetUpClass(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        create("of-class")

    def test_one(self, ecs_fake=None):
        create("of-test")
        assert [cluster.name for cluster in ecs_fake.clusters] == ["of-class", "of-test"]

    def test_two(self, ecs_fake=None):
        create("of-test")
        assert [cluster.name for cluster in ecs_fake.clusters] == ["of-class", "of-test"]
        assert ecs_fake.calls.operations == ["CreateCluster", "CreateCluster"]


@switch(clusters=["of-class"])
class HandleInSetUp(unittest.TestCase):
    def setUp(self, ecs_fake=None) -> None:
        ecs_fake.clusters.add("of-setup")
        self.mine = ecs_fake

    def tearDown(self, ecs_fake=None) -> None:
        assert ecs_fake is self.mine

    def test_setup_has_the_handle_of_the_test(self, ecs_fake=None):
        assert ecs_fake is self.mine
        assert [cluster.name for cluster in ecs_fake.clusters] == ["of-class", "of-setup"]

    @switch(clusters=["of-test"])
    def test_setup_has_the_handle_of_a_decorated_test(self):
        assert [cluster.name for cluster in self.mine.clusters] == ["of-test", "of-setup"]


@switch
class HandleInAnInheritedSetUp(HandleInSetUp):
    def setUp(self) -> None:
        super().setUp()


@switch
class HandleInAsyncSetUp(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self, ecs_fake=None) -> None:
        await asyncio.sleep(30)
        ecs_fake.clusters.add("of-setup")
        self.mine = ecs_fake

    async def asyncTearDown(self, ecs_fake=None) -> None:
        assert ecs_fake is self.mine

    async def test_setup_has_the_handle(self, ecs_fake=None):
        assert ecs_fake is self.mine
        assert "of-setup" in ecs_fake.clusters


@switch
class NoHandleInSetUp(unittest.TestCase):
    def setUp(self, ecs_fake=3) -> None:
        self.handle = ecs_fake

    @pytest.mark.no_ecs_fake
    def test_a_test_without_a_fake_has_no_handle_in_setup(self):
        assert self.handle is None


@switch(scope="class")
class HandleInSetUpClass(unittest.TestCase):
    @classmethod
    def setUpClass(cls, ecs_fake=None) -> None:
        ecs_fake.clusters.add("of-class")
        cls.handle = ecs_fake

    @classmethod
    def tearDownClass(cls, ecs_fake=None) -> None:
        assert ecs_fake is cls.handle

    def setUp(self, ecs_fake=None) -> None:
        assert ecs_fake is self.handle

    def test_one(self, ecs_fake=None):
        create("of-test")
        assert ecs_fake is self.handle
        assert [cluster.name for cluster in ecs_fake.clusters] == ["of-class", "of-test"]

    def test_two(self):
        create("of-test")
        assert [cluster.name for cluster in self.handle.clusters] == ["of-class", "of-test"]


@switch(clusters=["of-subclass"])
class HandleInAnInheritedSetUpClass(HandleInSetUpClass):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()

    def test_one(self):
        assert [cluster.name for cluster in self.handle.clusters] == ["of-subclass", "of-class"]

    def test_two(self):
        assert [cluster.name for cluster in self.handle.clusters] == ["of-subclass", "of-class"]


def test_a_handle_in_setupclass_needs_the_scope_of_the_class():
    with pytest.raises(EcsFakeUsageError) as raised:

        @switch
        class Case(unittest.TestCase):
            @classmethod
            def setUpClass(cls, ecs_fake: Any = None) -> None: ...

    assert str(raised.value) == (
        "Case.setUpClass() takes ecs_fake, but each test of the class has a fake of its own. "
        'One fake for all of them is on in setUpClass() too: @ecs_fake(scope="class").'
    )


class DecoratedMethods(unittest.TestCase):
    @switch
    def test_a_method_of_a_test_case(self):
        create("prod")

    @switch
    def test_a_method_that_takes_the_handle(self, ecs_fake=None):
        create("prod")
        assert "prod" in ecs_fake.clusters


@pytest.mark.parametrize("thing", [3, "text"])
def test_only_functions_and_classes_are_decorated(thing):
    with pytest.raises(EcsFakeUsageError, match="goes on a function or a class"):
        switch(thing)


UNITTEST = """
import unittest, boto3
from pytest_ecsfake import ecs_fake

@ecs_fake(scope="class")
class Suite(unittest.TestCase):
    @classmethod
    def setUpClass(cls, ecs_fake):
        boto3.client("ecs").create_cluster(clusterName="of-class")
        cls.handle = ecs_fake

    def setUp(self, ecs_fake):
        self.assertIs(ecs_fake, self.handle)

    def test_one(self, ecs_fake):
        boto3.client("ecs").create_cluster(clusterName="of-test")
        self.assertEqual(len(ecs_fake.clusters), 2)
        self.assertIs(ecs_fake, self.handle)

    def test_two(self, ecs_fake):
        boto3.client("ecs").create_cluster(clusterName="of-test")
        self.assertEqual(len(ecs_fake.clusters), 2)

@ecs_fake
class Swallowing(unittest.TestCase):
    def test_swallows(self):
        try:
            boto3.client("sqs").list_queues()
        except Exception:
            pass

unittest.main()
"""


def test_unittest_runs_decorated_classes_without_pytest(tmp_path):
    pytest.importorskip("boto3")
    script = tmp_path / "suite.py"
    script.write_text(UNITTEST)
    bare = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}

    ran = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, env=bare, timeout=60, check=False
    )

    assert "Ran 3 tests" in ran.stderr
    assert "FAILED (errors=1)" in ran.stderr
    assert "UnfakedServiceError: the code under test called SQS ListQueues" in ran.stderr


# --- what is told at the end ------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("without_list_services")
def test_what_was_swallowed_is_raised_at_the_end():
    client = botocore.session.Session().create_client(
        "ecs", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    with pytest.raises(EcsFakeNotBuiltError, match="ListServices is not built"), switch():
        with pytest.raises(EcsFakeNotBuiltError):
            client.list_services()


@pytest.mark.usefixtures("without_list_services")
def test_the_tests_own_error_comes_first():
    client = botocore.session.Session().create_client(
        "ecs", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    with pytest.raises(ZeroDivisionError), switch():
        with pytest.raises(EcsFakeNotBuiltError):
            client.list_services()
        1 / 0  # noqa: B018


@pytest.mark.usefixtures("without_list_services")
def test_strict_false_tells_nothing_at_the_end():
    client = botocore.session.Session().create_client(
        "ecs", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    with switch(strict=False) as ecs:
        with pytest.raises(EcsFakeNotBuiltError):
            client.list_services()
        assert len(ecs.problems) == 1


# --- what is patched --------------------------------------------------------------------------------------------------------------------


def test_no_credentials_and_no_region_are_needed(monkeypatch):
    for name in [*NO_REAL_CONFIGURATION, "AWS_DEFAULT_REGION", "AWS_REGION"]:
        monkeypatch.delenv(name, raising=False)

    with switch() as ecs:
        create("prod")
        assert ecs.region == "us-east-1"


def test_the_regions_of_options_and_environment(monkeypatch):
    """The environment's region is the fake's, unless an option names another; clients made meanwhile have the same."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")

    with switch() as ecs:
        create("prod")
        assert ecs.region == "ap-south-1"
        assert "prod" in ecs.clusters
    with switch(region="eu-west-1") as ecs:
        create("prod")
        assert "prod" in ecs.clusters
        assert ecs.clusters["prod"].arn.split(":")[3] == "eu-west-1"


def test_the_machines_real_configuration_is_out_of_reach_and_comes_back(monkeypatch, tmp_path):
    config = tmp_path / "config"
    config.write_text("[profile work]\nregion = sa-east-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_PROFILE", "work")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "real")
    before = dict(os.environ)

    with switch() as ecs:
        create("prod")
        assert "prod" in ecs.clusters
        assert "AWS_PROFILE" not in os.environ
        assert botocore.session.Session().get_credentials().access_key != "real"

    assert dict(os.environ) == before


def test_a_session_is_lent_again_only_to_the_handlers_that_it_was_made_with(monkeypatch):
    boto3 = pytest.importorskip("boto3")
    from botocore import handlers

    def made_with(*more: tuple[str, Any]) -> object:
        monkeypatch.setattr(handlers, "BUILTIN_HANDLERS", [*known, *more])
        with switch():
            boto3.client("ecs")
            return boto3.DEFAULT_SESSION

    def handler(**_: object) -> None:
        """Do nothing."""

    def another(**_: object) -> None:
        """Do nothing."""

    known = list(handlers.BUILTIN_HANDLERS)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    first = made_with(("before-send.s3", handler))
    assert made_with(("before-send.s3", handler)) is first
    assert made_with(("before-send.s3", another)) is not first


def test_a_fake_keeps_its_variables_when_the_one_below_ends_first():
    before = dict(os.environ)
    below, above = switch(), switch()
    below.__enter__()
    above.__enter__()
    during = dict(os.environ)
    below.__exit__(None, None, None)
    assert dict(os.environ) == during
    above.__exit__(None, None, None)
    assert dict(os.environ) == before


def test_credentials_stay_where_calls_may_leave(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "real")

    with switch(other_services=["s3"]):
        assert os.environ["AWS_ACCESS_KEY_ID"] == "real"


def client(service: str) -> Any:
    return botocore.session.Session().create_client(service, "us-east-1")


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda: client("ecs").list_clusters(), id="a call of ECS"),
        pytest.param(lambda: client("sts").get_caller_identity(), id="a call of another service"),
    ],
)
def test_without_credentials_a_call_fails_as_it_does_without_the_fake(monkeypatch, tmp_path, call):
    (tmp_path / "credentials").write_text("[default]\naws_access_key_id = real\naws_secret_access_key = real\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "real")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    monkeypatch.setenv("AWS_PROFILE", "default")
    before = dict(os.environ)

    with switch(credentials=False) as ecs:
        with pytest.raises(NoCredentialsError):
            call()
        assert len(ecs.calls) == 0
        assert (
            not {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"} & os.environ.keys()
        )
        assert os.environ["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
        assert ecs.problems == ()

    assert dict(os.environ) == before


def test_without_credentials_a_client_with_keys_of_its_own_is_answered():
    keys = {"aws_access_key_id": "mine", "aws_secret_access_key": "mine"}

    with switch(credentials=False, clusters=["prod"]) as ecs:
        mine = botocore.session.Session().create_client("ecs", "us-east-1", **keys)
        assert len(mine.list_clusters()["clusterArns"]) == 1
        assert len(ecs.client.list_clusters()["clusterArns"]) == 1


def test_without_credentials_an_unsigned_client_is_answered():
    config = botocore.config.Config(signature_version=botocore.UNSIGNED)

    with switch(credentials=False, clusters=["prod"]):
        unsigned = botocore.session.Session().create_client("ecs", "us-east-1", config=config)
        assert len(unsigned.list_clusters()["clusterArns"]) == 1


def test_without_credentials_no_keys_are_kept_in_boto3s_default_session(monkeypatch):
    boto3 = pytest.importorskip("boto3")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)

    with switch():
        boto3.client("ecs").list_clusters()
        with switch(credentials=False):
            with pytest.raises(NoCredentialsError):
                boto3.client("ecs").list_clusters()
        boto3.client("ecs").list_clusters()
    with switch(credentials=False):
        with pytest.raises(NoCredentialsError):
            boto3.client("ecs").list_clusters()
    with switch():
        boto3.client("ecs").list_clusters()
    assert boto3.DEFAULT_SESSION is None


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt, SystemExit])
def test_everything_is_undone_after_an_exception(error):
    import time

    from botocore.client import BaseClient
    from botocore.httpsession import URLLib3Session
    from botocore.retries.standard import RetryHandler

    before = (
        dict(os.environ),
        time.sleep,
        asyncio.sleep,
        BaseClient._make_request,
        URLLib3Session.send,
        dict(vars(RetryHandler)),
    )

    with pytest.raises(error), switch():
        assert time.sleep is not before[1]
        raise error

    assert before == (
        dict(os.environ),
        time.sleep,
        asyncio.sleep,
        BaseClient._make_request,
        URLLib3Session.send,
        dict(vars(RetryHandler)),
    )


def test_boto3s_default_session_of_a_fake_ends_with_it(monkeypatch):
    boto3 = pytest.importorskip("boto3")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)

    with switch():
        boto3.client("ecs").create_cluster()
        inside = boto3.DEFAULT_SESSION
    assert boto3.DEFAULT_SESSION is None

    with switch():
        assert boto3.DEFAULT_SESSION is inside


def test_a_default_session_that_the_code_sets_up_stays_and_forgets_the_stand_in_keys(monkeypatch):
    boto3 = pytest.importorskip("boto3")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of-the-machine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-the-machine")

    with switch():
        boto3.setup_default_session(region_name="eu-west-1")
        boto3.client("ecs").list_clusters()
        chosen = boto3.DEFAULT_SESSION
    assert boto3.DEFAULT_SESSION is chosen
    assert chosen.get_credentials().access_key == "of-the-machine"
    assert chosen.region_name == "eu-west-1"


def test_a_default_session_from_before_forgets_the_stand_in_keys(monkeypatch, tmp_path):
    boto3 = pytest.importorskip("boto3")
    config = tmp_path / "config"
    config.write_text("[profile prod]\nregion = eu-west-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of-the-machine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-the-machine")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", boto3.Session())

    with switch():
        boto3.client("ecs").list_clusters()
    assert boto3.DEFAULT_SESSION.get_credentials().access_key == "of-the-machine"
    assert boto3.DEFAULT_SESSION.available_profiles == ["prod"]


def test_a_default_session_from_before_is_left_as_it_is(monkeypatch):
    boto3 = pytest.importorskip("boto3")
    mine = boto3.Session(region_name="eu-west-1")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", mine)

    with switch() as ecs:
        boto3.client("ecs").create_cluster(clusterName="prod")
        assert boto3.DEFAULT_SESSION is mine
        assert "prod" in ecs.in_region("eu-west-1").clusters
    assert boto3.DEFAULT_SESSION is mine


def test_a_session_from_before_moto_was_imported_is_not_lent_again(monkeypatch):
    """moto's handlers aren't in it."""
    from botocore.handlers import BUILTIN_HANDLERS

    boto3 = pytest.importorskip("boto3")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    handlers = list(BUILTIN_HANDLERS)
    try:
        with switch():
            boto3.client("ecs").list_clusters()
            without = boto3.DEFAULT_SESSION
            BUILTIN_HANDLERS.append(("before-send", lambda **_: None))
        with switch():
            boto3.client("ecs").list_clusters()
            assert boto3.DEFAULT_SESSION is not without
    finally:
        BUILTIN_HANDLERS[:] = handlers


def test_a_with_block_that_no_call_reached_warns_where_it_ends():
    with (
        pytest.warns(
            AnsweredElsewhereWarning, match=r"no call of ECS reached the fake: .*Mock .* answered CreateCluster\."
        ) as caught,
        mock.patch("botocore.client.BaseClient._make_api_call", return_value={}),
    ):
        with switch():
            create("prod")

    assert caught[0].filename == __file__
