"""The machine's local time zone, under a freezer that moves the process's clocks for a fake.

freezegun takes UTC for the local zone. Its `tz_offset` doesn't help: it shifts `datetime.now(timezone.utc)` as well, and knows no daylight
saving time. So what tells local time is replaced while our freezer is the innermost one; under a freezer of the test freezegun's own rule holds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime, timezone, tzinfo
from typing import Any


class LocalZone:
    """What tells local time under our freezer.

    Args:
        api: the module `freezegun.api`.
        is_innermost: whether our freezer is the one that counts.
        utc: gives the moved time, in UTC and naive.
    """

    def __init__(self, api: Any, is_innermost: Callable[[], bool], utc: Callable[[], datetime]) -> None:
        self._api = api
        self._is_innermost = is_innermost
        self._utc = utc
        original = api.fake_localtime

        def localtime(seconds: float | None = None) -> time.struct_time:
            # freezegun's own asks first whether the calling module is one that it ignores, so it has to be called anyway
            shown: time.struct_time = original(seconds)
            if seconds is None and is_innermost() and not api._should_use_real_time():
                return api.real_localtime(self._aware().timestamp())  # type: ignore[no-any-return]
            return shown

        self.localtime = localtime

    def keep(self) -> Callable[[], None]:
        """Have the fake classes of freezegun tell the machine's local time; what comes back undoes it."""
        fake_datetime, fake_date = self._api.FakeDatetime, self._api.FakeDate
        kept = [
            (fake_datetime, name, fake_datetime.__dict__[name]) for name in ("now", "fromtimestamp", "timestamp")
        ] + [(fake_date, "today", fake_date.__dict__["today"])]
        originals = {name: value.__func__ if isinstance(value, classmethod) else value for _, name, value in kept}
        fake = self._api.datetime_to_fakedatetime
        is_innermost, real = self._is_innermost, self._api.real_datetime

        def now(cls: Any, tz: tzinfo | None = None) -> Any:
            if not is_innermost():
                return originals["now"](cls, tz)
            return fake(self._local() if tz is None else self._aware().astimezone(tz))

        def fromtimestamp(cls: Any, t: float, tz: tzinfo | None = None) -> Any:
            if not is_innermost():
                return originals["fromtimestamp"](cls, t, tz)
            return fake(real.fromtimestamp(t, tz))

        def timestamp(moment: Any) -> Any:
            return (real.timestamp if is_innermost() else originals["timestamp"])(moment)

        def today(cls: Any) -> date:
            if not is_innermost():
                return originals["today"](cls)  # type: ignore[no-any-return]
            return self._api.date_to_fakedate(self._local())  # type: ignore[no-any-return]

        fake_datetime.now, fake_datetime.fromtimestamp = classmethod(now), classmethod(fromtimestamp)
        fake_datetime.timestamp, fake_date.today = timestamp, classmethod(today)

        def restore() -> None:
            for holder, name, value in kept:
                setattr(holder, name, value)

        return restore

    def _aware(self) -> datetime:
        moment = self._utc()
        parts = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second, moment.microsecond)
        return self._api.real_datetime(*parts, tzinfo=timezone.utc)  # type: ignore[no-any-return]

    def _local(self) -> datetime:
        return self._aware().astimezone().replace(tzinfo=None)
