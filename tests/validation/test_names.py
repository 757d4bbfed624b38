import pytest

from pytest_ecsfake.errors import EcsFakeUsageError
from pytest_ecsfake.validation.names import check_parameters, operation_name


@pytest.mark.parametrize("spelt", ["RunTask", "run_task"])
def test_an_operation_may_be_written_as_the_api_or_as_boto3_writes_it(spelt):
    assert operation_name(spelt, "calls.of()") == "RunTask"


@pytest.mark.parametrize(
    ("spelt", "text"),
    [
        pytest.param(
            "RunTasks", 'unknown operation "RunTasks" in calls.of(). Did you mean "RunTask"?', id="a letter too many"
        ),
        pytest.param(
            "run_tasks",
            'unknown operation "run_tasks" in calls.of(). Did you mean "run_task"?',
            id="as boto3 writes it",
        ),
        pytest.param(
            "runTask", 'unknown operation "runTask" in calls.of(). Did you mean "RunTask"?', id="another case"
        ),
        pytest.param("PutObject", 'unknown operation "PutObject" in calls.of().', id="of another service"),
        pytest.param(
            ["RunTask"], "unknown operation ['RunTask'] in calls.of(). Did you mean \"RunTask\"?", id="a list of names"
        ),
    ],
)
def test_an_unknown_operation_is_a_slip(spelt, text):
    with pytest.raises(EcsFakeUsageError) as caught:
        operation_name(spelt, "calls.of()")

    assert str(caught.value) == text


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"cluster": "prod", "count": 2}, id="members of the request"),
        pytest.param(
            {"overrides": {"containerOverrides": [{"environment": [{"name": "STAGE"}]}]}}, id="members on every level"
        ),
        pytest.param({"overrides": object()}, id="a value that decides by its own =="),
        pytest.param({"tags": None}, id="a parameter that wasn't sent"),
    ],
)
def test_request_parameters_are_known(given):
    check_parameters("RunTask", given, "calls.of()")


def test_the_keys_of_a_map_are_free():
    labels = {"containerDefinitions": [{"dockerLabels": {"com.example.team": "web"}}]}

    check_parameters("RegisterTaskDefinition", labels, "calls.of()")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        pytest.param(
            {"launch_type": "FARGATE"},
            'unknown parameter "launch_type" of RunTask in calls.of(). Did you mean "launchType"?',
            id="in snake case",
        ),
        pytest.param(
            {"LAUNCHTYPE": "FARGATE"},
            'unknown parameter "LAUNCHTYPE" of RunTask in calls.of(). Did you mean "launchType"?',
            id="in another case",
        ),
        pytest.param(
            {"overrides": {"containerOverrides": [{"name": "app"}, {"comand": ["up"]}]}},
            'unknown parameter "overrides.containerOverrides.comand" of RunTask in calls.of(). Did you mean "command"?',
            id="deep inside",
        ),
        pytest.param({"zone": "a"}, 'unknown parameter "zone" of RunTask in calls.of().', id="nothing like it"),
    ],
)
def test_an_unknown_parameter_is_a_slip(given, text):
    with pytest.raises(EcsFakeUsageError) as caught:
        check_parameters("RunTask", given, "calls.of()")

    assert str(caught.value) == text
