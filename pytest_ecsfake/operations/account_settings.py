"""Account settings: PutAccountSetting, PutAccountSettingDefault, DeleteAccountSetting, ListAccountSettings.

Callers aren't authorized: every caller may act for any user or role of the account, as the root user may (API reference, principalArn).
Only `containerInsights` has an effect: it is the default of new clusters. The others have none that the API shows: ARNs are always long, tags at
creation need no permission, and the log driver's mode isn't shown in a task definition.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pytest_ecsfake import pagination
from pytest_ecsfake.errors import InvalidParameterException
from pytest_ecsfake.operations.registry import operation
from pytest_ecsfake.state.account_settings import ACCOUNT_SETTINGS
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, ListAccountSettings, maxResults: the default and the maximum.
PAGE_SIZE = 10

#: Developer Guide, "Access Amazon ECS features with account settings": values that ECS no longer accepts. The first text is quoted in the
#: documentation of Terraform's aws_ecs_account_setting_default; that PutAccountSetting answers with it too is unverified.
NO_LONG_ARN = "You can no longer disable Long Arn settings"
NO_LONGER: Mapping[tuple[api.SettingName, str], str] = {
    ("containerInstanceLongArnFormat", "disabled"): NO_LONG_ARN,
    ("serviceLongArnFormat", "disabled"): NO_LONG_ARN,
    ("tagResourceAuthorization", "off"): "You can no longer disable tagging authorization",  # unverified
    ("taskLongArnFormat", "disabled"): NO_LONG_ARN,
}


@operation(
    "PutAccountSetting",
    simplified=(
        "Callers aren't authorized: every caller may act for any user or role, and users and roles aren't looked up.",
        "Only containerInsights has an effect, on new clusters; whatever is set, ARNs are long and tags need no permission.",
    ),
)
def put_account_setting(region: Region, request: api.PutAccountSettingRequest) -> api.PutAccountSettingResponse:
    """Set a value for the caller or a named principal. The root user's value is the default of the account."""
    return {"setting": _put(region, _principal(region, request.get("principalArn")), request["name"], request["value"])}


@operation(
    "PutAccountSettingDefault",
    simplified=(
        "Callers aren't authorized: every caller may set the account's defaults.",
        "Only containerInsights has an effect, on new clusters; whatever is set, ARNs are long and tags need no permission.",
    ),
)
def put_account_setting_default(
    region: Region, request: api.PutAccountSettingDefaultRequest
) -> api.PutAccountSettingDefaultResponse:
    """Set the value for every user and role without a value of its own. ECS keeps it as the root user's value (amazon-ecs-agent#2669)."""
    return {"setting": _put(region, region.partition.root, request["name"], request["value"])}


@operation(
    "DeleteAccountSetting",
    simplified=(
        "The answer shows the value that was set, or the effective one if none was set, an assumption.",
        "Callers aren't authorized: every caller may act for any user or role.",
    ),
)
def delete_account_setting(
    region: Region, request: api.DeleteAccountSettingRequest
) -> api.DeleteAccountSettingResponse:
    """Remove a principal's own value. The answer shows that value; if there was none, the effective one (an assumption)."""
    principal, name = _principal(region, request.get("principalArn")), request["name"]
    _refuse_managed(name)
    value = region.account_settings.value(name, principal)
    region.account_settings.delete(principal, name)
    return {"setting": _setting(principal, name, value)}


@operation(
    "ListAccountSettings",
    simplified=(
        "The defaults are those documented for a new account; an old account may have others.",
        "Callers aren't authorized: every caller may see the settings of any user or role.",
    ),
)
def list_account_settings(region: Region, request: api.ListAccountSettingsRequest) -> api.ListAccountSettingsResponse:
    """List the settings that were set for a principal itself, or all settings with their effective values, in alphabetical order.

    An effective value is shown as the principal's own, even if it is the account's or the default (amazon-ecs-agent#2760).
    """
    principal = _principal(region, request.get("principalArn"))
    if "value" in request and "name" not in request:
        raise InvalidParameterException("You must specify a setting name when you filter by value.")  # unverified
    after = pagination.position(region.partition, "ListAccountSettings", request) or ""
    found = [
        setting
        for setting in _settings(region, principal, request)
        if setting["name"] > after and _is_asked(setting, request)
    ]
    size = request.get("maxResults", PAGE_SIZE)
    response: api.ListAccountSettingsResponse = {"settings": found[:size]}
    if len(found) > size:
        last = found[size - 1]["name"]
        response["nextToken"] = pagination.token(region.partition, "ListAccountSettings", request, last)
    return response


def _principal(region: Region, given: str | None) -> str:
    """The ARN of a request's principal; by default the caller's.

    Raises:
        InvalidParameterException: it isn't a user, a role or the root user of the account. Federated users have no settings of their own.
    """
    if given is None:
        return region.partition.principal
    account = region.partition.root.removesuffix("root")
    if given != region.partition.root and not given.startswith((f"{account}user/", f"{account}role/")):
        raise InvalidParameterException("Invalid setting 'principalArn'")  # unverified
    return given


def _put(region: Region, principal: str, name: api.SettingName, value: str) -> api.Setting:
    _refuse_managed(name)
    if value not in ACCOUNT_SETTINGS[name].values:
        raise InvalidParameterException("Invalid setting 'value'")  # aws-cli#3785, terraform-provider-aws#32114
    if (name, value) in NO_LONGER:
        raise InvalidParameterException(NO_LONGER[name, value])
    if ACCOUNT_SETTINGS[name].is_of_the_account and principal != region.partition.root:
        raise InvalidParameterException(f"You must use the root user to set {name}.")  # unverified
    region.account_settings.put(principal, name, value)
    return _setting(principal, name, value)


def _refuse_managed(name: api.SettingName) -> None:
    """Refuse a setting that AWS manages (API reference, Setting, type). GuardDuty changes guardDutyActivate; the fake never does."""
    if ACCOUNT_SETTINGS[name].type == "aws_managed":
        raise InvalidParameterException(f"{name} is managed by AWS and can't be modified.")  # unverified


def _settings(region: Region, principal: str, request: api.ListAccountSettingsRequest) -> list[api.Setting]:
    own = region.account_settings.of(principal)
    return [
        _setting(principal, name, region.account_settings.value(name, principal))
        for name in ACCOUNT_SETTINGS
        if request.get("effectiveSettings") or name in own
    ]


def _is_asked(setting: api.Setting, request: api.ListAccountSettingsRequest) -> bool:
    return request.get("name") in (None, setting["name"]) and request.get("value") in (None, setting["value"])


def _setting(principal: str, name: api.SettingName, value: str) -> api.Setting:
    return {"name": name, "value": value, "principalArn": principal, "type": ACCOUNT_SETTINGS[name].type}
