"""Account settings: what can be set to what, whose value is in force, what is listed, and what is refused.

"API reference" and "Developer Guide" alone: the rule is documented, the text of its refusal is unverified.
"""

from __future__ import annotations

from typing import Any

import pytest

ACCOUNT = "arn:aws:iam::123456789012"
ROOT = f"{ACCOUNT}:root"
JANE = f"{ACCOUNT}:user/jane"
DEPLOYER = f"{ACCOUNT}:role/ci/deployer"

#: Developer Guide, "Access Amazon ECS features with account settings": the names, the values that they take today, and the one in force
#: from the start. dualStackIPv6: terraform-provider-aws#44150; what fargateEventWindows shows before it is enabled is unverified.
SETTINGS = [
    ("awsvpcTrunking", ["enabled", "disabled"], "disabled"),
    ("containerInsights", ["enhanced", "enabled", "disabled"], "disabled"),
    ("containerInstanceLongArnFormat", ["enabled"], "enabled"),
    ("defaultLogDriverMode", ["blocking", "non-blocking"], "non-blocking"),
    ("dualStackIPv6", ["enabled", "disabled"], "enabled"),
    ("fargateEventWindows", ["enabled"], "disabled"),
    ("fargateFIPSMode", ["enabled", "disabled"], "disabled"),
    ("fargateTaskRetirementWaitPeriod", ["0", "7", "14"], "7"),
    ("guardDutyActivate", [], "off"),
    ("serviceLongArnFormat", ["enabled"], "enabled"),
    ("tagResourceAuthorization", ["on"], "on"),
    ("taskLongArnFormat", ["enabled"], "enabled"),
]


@pytest.fixture
def caller(ecs_client) -> str:
    """The ARN of the user who calls."""
    arn: str = ecs_client.put_account_setting(name="awsvpcTrunking", value="enabled")["setting"]["principalArn"]
    ecs_client.delete_account_setting(name="awsvpcTrunking")
    return arn


@pytest.fixture
def in_force(ecs_client):
    """The value of a setting that is in force, for the caller or for a principal."""

    def value(name: str, **principal: str) -> str:
        [setting] = ecs_client.list_account_settings(name=name, effectiveSettings=True, **principal)["settings"]
        found: str = setting["value"]
        return found

    return value


def test_without_any_setting_the_documented_values_are_in_force(ecs_client):
    pages = ecs_client.get_paginator("list_account_settings").paginate(effectiveSettings=True)

    settings = [setting for page in pages for setting in page["settings"]]

    assert [(setting["name"], setting["value"]) for setting in settings] == [
        (name, value) for name, _, value in SETTINGS
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [pytest.param(name, value, id=f"{name} {value}") for name, values, _ in SETTINGS for value in values],
)
def test_a_setting_takes_its_values(ecs_client, in_force, name, value):
    setting = ecs_client.put_account_setting_default(name=name, value=value)["setting"]

    assert setting == setting | {"name": name, "value": value, "principalArn": ROOT}
    assert in_force(name) == value


def test_a_setting_is_the_users_but_for_the_one_that_guard_duty_manages(ecs_client):
    """API reference, Setting, type."""
    pages = ecs_client.get_paginator("list_account_settings").paginate(effectiveSettings=True)

    managed = {
        setting["name"] for page in pages for setting in page["settings"] if setting.get("type") == "aws_managed"
    }

    assert managed == {"guardDutyActivate"}


class TestWhoseValueIsInForce:
    def test_the_callers_own_wins_over_the_accounts(self, ecs_client, in_force):
        ecs_client.put_account_setting_default(name="containerInsights", value="enhanced")
        ecs_client.put_account_setting(name="containerInsights", value="enabled")

        assert in_force("containerInsights") == "enabled"

    def test_the_accounts_is_everybodys_who_has_none(self, ecs_client, in_force):
        ecs_client.put_account_setting(name="containerInsights", value="enabled", principalArn=JANE)
        ecs_client.put_account_setting_default(name="containerInsights", value="enhanced")

        assert in_force("containerInsights", principalArn=JANE) == "enabled"
        assert in_force("containerInsights", principalArn=DEPLOYER) == "enhanced"
        assert in_force("containerInsights") == "enhanced"

    def test_the_root_users_is_the_accounts(self, ecs_client, in_force):
        """API reference, PutAccountSetting, principalArn."""
        ecs_client.put_account_setting(name="containerInsights", value="enabled", principalArn=ROOT)

        assert in_force("containerInsights") == "enabled"

    def test_what_is_set_for_one_user_is_no_others(self, ecs_client, in_force):
        ecs_client.put_account_setting(name="awsvpcTrunking", value="enabled", principalArn=JANE)

        assert in_force("awsvpcTrunking", principalArn=JANE) == "enabled"
        assert in_force("awsvpcTrunking") == "disabled"

    def test_a_deleted_one_gives_way_to_the_accounts(self, ecs_client, in_force, caller):
        ecs_client.put_account_setting_default(name="containerInsights", value="enhanced")
        ecs_client.put_account_setting(name="containerInsights", value="enabled")

        deleted = ecs_client.delete_account_setting(name="containerInsights")["setting"]

        assert deleted == deleted | {"name": "containerInsights", "value": "enabled", "principalArn": caller}
        assert in_force("containerInsights") == "enhanced"

    def test_without_the_accounts_the_documented_one_is_back(self, ecs_client, in_force):
        ecs_client.put_account_setting_default(name="containerInsights", value="enhanced")

        ecs_client.delete_account_setting(name="containerInsights", principalArn=ROOT)

        assert in_force("containerInsights") == "disabled"

    def test_what_was_never_set_can_be_deleted(self, ecs_client):
        """An assumption: nobody has shown the answer."""
        setting = ecs_client.delete_account_setting(name="awsvpcTrunking")["setting"]

        assert setting["value"] == "disabled"

    def test_another_region_and_another_account_have_their_own(self, ecs_client, ecs_fake):
        """Developer Guide: account settings are set for each region."""
        ecs_client.put_account_setting_default(name="containerInsights", value="enabled")

        for elsewhere in (ecs_fake.in_region("eu-west-1"), ecs_fake.in_account("111122223333")):
            [setting] = elsewhere.client("ecs").list_account_settings(name="containerInsights", effectiveSettings=True)[
                "settings"
            ]
            assert setting["value"] == "disabled"


class TestList:
    def test_shows_what_the_caller_has_set(self, ecs_client, caller):
        ecs_client.put_account_setting(name="containerInsights", value="enabled")
        ecs_client.put_account_setting(name="awsvpcTrunking", value="enabled")

        settings = ecs_client.list_account_settings()["settings"]

        assert [(setting["name"], setting["value"], setting["principalArn"]) for setting in settings] == [
            ("awsvpcTrunking", "enabled", caller),
            ("containerInsights", "enabled", caller),
        ]

    def test_is_empty_even_where_the_account_has_defaults(self, ecs_client):
        """amazon-ecs-agent#2669."""
        ecs_client.put_account_setting_default(name="containerInsights", value="enabled")

        assert ecs_client.list_account_settings()["settings"] == []
        assert len(ecs_client.list_account_settings(principalArn=ROOT)["settings"]) == 1

    def test_shows_a_value_of_the_account_as_the_asking_principals(self, ecs_client, caller):
        """amazon-ecs-agent#2760."""
        ecs_client.put_account_setting_default(name="containerInsights", value="enabled")

        def principals(**asked: Any) -> set[str]:
            settings = ecs_client.list_account_settings(effectiveSettings=True, **asked)["settings"]
            return {setting["principalArn"] for setting in settings}

        assert principals() == {caller}
        assert principals(principalArn=DEPLOYER) == {DEPLOYER}

    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            pytest.param({"name": "awsvpcTrunking"}, ["awsvpcTrunking"], id="a name"),
            pytest.param({"name": "containerInsights"}, [], id="a name that isn't set"),
            pytest.param({"name": "awsvpcTrunking", "value": "enabled"}, ["awsvpcTrunking"], id="a name and its value"),
            pytest.param({"name": "awsvpcTrunking", "value": "disabled"}, [], id="a name and another value"),
            pytest.param(
                {"name": "containerInsights", "value": "disabled", "effectiveSettings": True},
                ["containerInsights"],
                id="a name and the value in force",
            ),
            pytest.param({"principalArn": JANE}, ["dualStackIPv6"], id="a principal"),
            pytest.param({"principalArn": DEPLOYER}, [], id="a principal that has set nothing"),
        ],
    )
    def test_leaves_what_is_asked_for(self, ecs_client, filters, expected):
        """API reference, ListAccountSettings."""
        ecs_client.put_account_setting(name="awsvpcTrunking", value="enabled")
        ecs_client.put_account_setting(name="dualStackIPv6", value="disabled", principalArn=JANE)

        settings = ecs_client.list_account_settings(**filters)["settings"]

        assert [setting["name"] for setting in settings] == expected

    def test_has_ten_on_a_page(self, ecs_client):
        """API reference, ListAccountSettings, maxResults."""
        first = ecs_client.list_account_settings(effectiveSettings=True)
        second = ecs_client.list_account_settings(effectiveSettings=True, nextToken=first["nextToken"])

        assert (len(first["settings"]), len(second["settings"])) == (10, 2)
        assert "nextToken" not in second

    def test_goes_on_where_it_stopped_when_settings_come_and_go(self, ecs_client):
        for name in ("awsvpcTrunking", "containerInsights", "dualStackIPv6"):
            ecs_client.put_account_setting(name=name, value="enabled")

        first = ecs_client.list_account_settings(maxResults=1)
        ecs_client.delete_account_setting(name="awsvpcTrunking")
        ecs_client.put_account_setting(name="defaultLogDriverMode", value="blocking")
        second = ecs_client.list_account_settings(maxResults=3, nextToken=first["nextToken"])

        assert [setting["name"] for setting in second["settings"]] == [
            "containerInsights",
            "defaultLogDriverMode",
            "dualStackIPv6",
        ]
        assert "nextToken" not in second

    def test_takes_a_token_for_its_own_query_only(self, ecs_client):
        token = ecs_client.list_account_settings(effectiveSettings=True)["nextToken"]

        with pytest.raises(ecs_client.exceptions.InvalidParameterException):
            ecs_client.list_account_settings(effectiveSettings=True, principalArn=JANE, nextToken=token)


NAME = "Invalid setting 'name'"
VALUE = "Invalid setting 'value'"
PRINCIPAL = "Invalid setting 'principalArn'"
NO_LONG_ARN = "You can no longer disable Long Arn settings"
MANAGED = "guardDutyActivate is managed by AWS and can't be modified."


@pytest.mark.parametrize(
    ("operation", "parameters", "message", "source"),
    [
        pytest.param(
            "put_account_setting",
            {"name": "containerInsight", "value": "enabled"},
            NAME,
            "API reference",
            id="unknown name",
        ),
        pytest.param(
            "put_account_setting_default",
            {"name": "", "value": "enabled"},
            NAME,
            "API reference",
            id="no name for the account",
        ),
        pytest.param(
            "delete_account_setting", {"name": "containerInsight"}, NAME, "API reference", id="unknown name deleted"
        ),
        pytest.param(
            "list_account_settings", {"name": "containerInsight"}, NAME, "API reference", id="unknown name listed"
        ),
        pytest.param(
            "put_account_setting",
            {"name": "taskLongArnFormat", "value": "ENABLED"},
            VALUE,
            "aws-cli#3785",
            id="upper case",
        ),
        pytest.param(
            "put_account_setting_default",
            {"name": "tagResourceAuthorization", "value": "enabled"},
            VALUE,
            "terraform-provider-aws#32114",
            id="enabled where on is meant",
        ),
        pytest.param(
            "put_account_setting",
            {"name": "awsvpcTrunking", "value": "enhanced"},
            VALUE,
            "Developer Guide",
            id="another setting's value",
        ),
        pytest.param(
            "put_account_setting_default",
            {"name": "fargateTaskRetirementWaitPeriod", "value": "10"},
            VALUE,
            "API reference",
            id="another number of days",
        ),
        pytest.param(
            "put_account_setting_default",
            {"name": "fargateEventWindows", "value": "disabled"},
            VALUE,
            "Developer Guide",
            id="event windows stay enabled",
        ),
        *[
            pytest.param(
                operation,
                {"name": name, "value": "disabled"},
                NO_LONG_ARN,
                "Terraform, aws_ecs_account_setting_default",
                id=f"{operation} without {name}",
            )
            for operation in ("put_account_setting", "put_account_setting_default")
            for name in ("serviceLongArnFormat", "taskLongArnFormat", "containerInstanceLongArnFormat")
        ],
        pytest.param(
            "put_account_setting_default",
            {"name": "tagResourceAuthorization", "value": "off"},
            "You can no longer disable tagging authorization",
            "Developer Guide",
            id="no tagging authorization",
        ),
        pytest.param(
            "put_account_setting",
            {"name": "guardDutyActivate", "value": "on"},
            MANAGED,
            "API reference",
            id="what GuardDuty manages",
        ),
        pytest.param(
            "put_account_setting_default",
            {"name": "guardDutyActivate", "value": "off"},
            MANAGED,
            "API reference",
            id="what GuardDuty manages for the account",
        ),
        pytest.param(
            "delete_account_setting",
            {"name": "guardDutyActivate"},
            MANAGED,
            "API reference",
            id="what GuardDuty manages deleted",
        ),
        *[
            pytest.param(
                "put_account_setting",
                {"name": name, "value": value},
                f"You must use the root user to set {name}.",
                source,
                id=f"{name} of one user",
            )
            for name, value, source in (
                ("fargateTaskRetirementWaitPeriod", "14", "API reference, PutAccountSetting, principalArn"),
                ("fargateFIPSMode", "enabled", "Developer Guide"),
                ("fargateEventWindows", "enabled", "Developer Guide"),
            )
        ],
        *[
            pytest.param(
                "put_account_setting",
                {"name": "awsvpcTrunking", "value": "enabled", "principalArn": principal},
                PRINCIPAL,
                "API reference",
                id=why,
            )
            for principal, why in (
                ("jane", "no ARN"),
                ("arn:aws:iam::111122223333:user/jane", "another account's user"),
                (f"{ACCOUNT}:group/admins", "a group"),
                ("arn:aws:sts::123456789012:federated-user/jane", "a federated user"),
                ("arn:aws:sts::123456789012:assumed-role/deployer/session", "a session of a role"),
            )
        ],
        pytest.param(
            "delete_account_setting",
            {"name": "awsvpcTrunking", "principalArn": "jane"},
            PRINCIPAL,
            "API reference",
            id="no ARN deleted",
        ),
        pytest.param("list_account_settings", {"principalArn": "jane"}, PRINCIPAL, "API reference", id="no ARN listed"),
        pytest.param(
            "list_account_settings",
            {"value": "enabled"},
            "You must specify a setting name when you filter by value.",
            "API reference, ListAccountSettings, value",
            id="a value without a name",
        ),
        pytest.param(
            "list_account_settings",
            {"maxResults": 11},
            "maxResults must be at most 10",
            "API reference",
            id="a page of 11",
        ),
        pytest.param(
            "list_account_settings",
            {"maxResults": 0},
            "maxResults must be at least 1",
            "API reference",
            id="an empty page",
        ),
        pytest.param(
            "list_account_settings",
            {"nextToken": "bm9uc2Vuc2U="},
            "Invalid token.",
            "API reference",
            id="a made-up token",
        ),
        # two things wrong at once: the first that is checked
        pytest.param(
            "put_account_setting",
            {"name": "insights", "value": "ON", "principalArn": "jane"},
            NAME,
            "an assumption",
            id="the name comes before all else",
        ),
        pytest.param(
            "put_account_setting",
            {"name": "guardDutyActivate", "value": "ON", "principalArn": "jane"},
            PRINCIPAL,
            "an assumption",
            id="the principal comes before the setting",
        ),
        pytest.param(
            "put_account_setting",
            {"name": "guardDutyActivate", "value": "ON"},
            MANAGED,
            "an assumption",
            id="who manages it comes before its value",
        ),
        pytest.param(
            "put_account_setting",
            {"name": "fargateFIPSMode", "value": "on"},
            VALUE,
            "an assumption",
            id="the value comes before whose it is",
        ),
        pytest.param(
            "list_account_settings",
            {"value": "on", "nextToken": "bm9uc2Vuc2U="},
            "You must specify a setting name when you filter by value.",
            "an assumption",
            id="the filters come before the token",
        ),
    ],
)
def test_what_is_refused(ecs_client, operation, parameters, message, source):
    with pytest.raises(ecs_client.exceptions.InvalidParameterException) as error:
        getattr(ecs_client, operation)(**parameters)

    assert error.value.response["Error"] == {"Code": "InvalidParameterException", "Message": message}, source


def test_a_refusal_leaves_the_value_as_it_was(ecs_client, in_force):
    ecs_client.put_account_setting(name="containerInsights", value="enabled")

    with pytest.raises(ecs_client.exceptions.InvalidParameterException):
        ecs_client.put_account_setting(name="containerInsights", value="on")

    assert in_force("containerInsights") == "enabled"


class TestWhatASettingDoes:
    @pytest.mark.parametrize("value", ["enhanced", "enabled", "disabled"])
    def test_container_insights_is_what_a_new_cluster_begins_with(self, ecs_client, value):
        """API reference, CreateCluster, settings."""
        ecs_client.put_account_setting_default(name="containerInsights", value=value)

        settings = ecs_client.create_cluster(clusterName="prod")["cluster"]["settings"]

        assert settings == [{"name": "containerInsights", "value": value}]

    def test_a_cluster_that_says_otherwise_is_not_changed_by_it(self, ecs_client):
        ecs_client.put_account_setting_default(name="containerInsights", value="enabled")
        given = [{"name": "containerInsights", "value": "disabled"}]

        assert ecs_client.create_cluster(clusterName="prod", settings=given)["cluster"]["settings"] == given

    def test_a_cluster_that_exists_keeps_its_own(self, ecs_client):
        ecs_client.create_cluster(clusterName="prod")

        ecs_client.put_account_setting_default(name="containerInsights", value="enabled")

        [cluster] = ecs_client.describe_clusters(clusters=["prod"], include=["SETTINGS"])["clusters"]
        assert cluster["settings"] == [{"name": "containerInsights", "value": "disabled"}]

    def test_the_mode_of_the_log_driver_does_not_show_in_a_task_definition(self, ecs_client, register):
        """Developer Guide, defaultLogDriverMode: it stands in for an option that the definition leaves out."""
        ecs_client.put_account_setting_default(name="defaultLogDriverMode", value="blocking")
        logging = {"logDriver": "awslogs", "options": {"awslogs-group": "web", "awslogs-region": "us-east-1"}}

        [container] = register(container={"logConfiguration": logging})["containerDefinitions"]

        assert container["logConfiguration"] == logging
