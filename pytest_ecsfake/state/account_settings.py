"""The account settings of one account in one region: the known settings with their defaults, and the values that principals have set.

Rules: API reference, PutAccountSetting, PutAccountSettingDefault and Setting; Developer Guide, "Access Amazon ECS features with account settings".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake.arns import Partition
from pytest_ecsfake.state.mutable import Mutable

if TYPE_CHECKING:
    from pytest_ecsfake import api


class AccountSetting(NamedTuple):
    """A setting: the values that it takes, and its default."""

    values: tuple[str, ...]
    default: str
    is_of_the_account: bool = False
    """Whether it applies to the whole account only, and can't be set for a single user or role."""
    type: api.SettingType = "user"


_ENABLED_OR_DISABLED = ("enabled", "disabled")

#: By name, in the order in which ListAccountSettings shows them (its recorded answers are in alphabetical order).
ACCOUNT_SETTINGS: Mapping[api.SettingName, AccountSetting] = {
    "awsvpcTrunking": AccountSetting(_ENABLED_OR_DISABLED, "disabled"),
    "containerInsights": AccountSetting(("enhanced", "enabled", "disabled"), "disabled"),
    "containerInstanceLongArnFormat": AccountSetting(_ENABLED_OR_DISABLED, "enabled"),
    "defaultLogDriverMode": AccountSetting(("blocking", "non-blocking"), "non-blocking"),
    # The guide gives two defaults; a recorded answer of an untouched account shows this one.
    "dualStackIPv6": AccountSetting(_ENABLED_OR_DISABLED, "enabled"),
    # Once enabled it can't be disabled again; what is shown before that is unverified.
    "fargateEventWindows": AccountSetting(("enabled",), "disabled", is_of_the_account=True),
    "fargateFIPSMode": AccountSetting(_ENABLED_OR_DISABLED, "disabled", is_of_the_account=True),
    "fargateTaskRetirementWaitPeriod": AccountSetting(("0", "7", "14"), "7", is_of_the_account=True),
    "guardDutyActivate": AccountSetting(("on", "off"), "off", type="aws_managed"),
    "serviceLongArnFormat": AccountSetting(_ENABLED_OR_DISABLED, "enabled"),
    "tagResourceAuthorization": AccountSetting(("on", "off"), "on"),
    "taskLongArnFormat": AccountSetting(_ENABLED_OR_DISABLED, "enabled"),
}


@dataclass(slots=True, eq=False)
class AccountSettings(Mutable):
    """The values that were set, by principal and name. The root user's values are the defaults of the whole account."""

    partition: Partition
    _values: dict[str, Mapping[api.SettingName, str]] = field(default_factory=dict)

    def value(self, name: api.SettingName, principal: str | None = None) -> str:
        """The effective value: the principal's own, else the account's, else the setting's default.

        Args:
            name: the setting, such as `containerInsights`.
            principal: the ARN of a user or role; None means the caller.
        """
        default = ACCOUNT_SETTINGS[name].default
        for each in (principal or self.partition.principal, self.partition.root):
            if name in self.of(each):
                return self.of(each)[name]
        return default

    def of(self, principal: str) -> Mapping[api.SettingName, str]:
        """The values that were set for this principal itself."""
        return self._values.get(principal, {})

    def put(self, principal: str, name: api.SettingName, value: str) -> None:
        """Set a value for a principal."""
        self._values[principal] = {**self.of(principal), name: value}

    def delete(self, principal: str, name: api.SettingName) -> None:
        """Remove a principal's own value, if there is one."""
        if name in self.of(principal):
            self._values[principal] = {kept: value for kept, value in self.of(principal).items() if kept != name}
