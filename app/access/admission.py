"""Whether a request is let in: by the rate and the quota of its key, by its address without one."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from app.access.keyring import utc_now
from app.access.principal import Principal
from app.access.rates import TokenBuckets, network_of
from app.access.usage import KeyUsage
from app.errors import StoreUnwritable

logger = logging.getLogger(__name__)

NO_QUOTA: Final = 2**62


@dataclass(frozen=True, slots=True)
class Refused:
    """Why somebody is not let in, and when to come again."""

    code: Literal["rate_limited", "quota_exceeded"]
    retry_after_s: int


class Admission:
    """Counts what each key, and each address without one, has asked. Rates are of this process."""

    def __init__(
        self,
        usage: KeyUsage,
        *,
        failures_per_minute: int,
        clock: Callable[[], datetime] = utc_now,
        timer_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._usage = usage
        self._failures_per_minute = failures_per_minute
        self._clock = clock
        self._timer_s = timer_s
        self._of_keys = TokenBuckets()
        self._of_addresses = TokenBuckets()
        self._noted: dict[str, str] = {}
        """The day of which each key is known to be noted as used."""

    def failed(self, address: str) -> Refused | None:
        """Counts a request that brought no key that opens anything; whether it was one too many.

        Right keys are never refused for it: many clients may stand behind one address.
        """
        wait_s = self._of_addresses.take(
            network_of(address), per_minute=self._failures_per_minute, now_s=self._timer_s()
        )
        return Refused("rate_limited", math.ceil(wait_s)) if wait_s else None

    def rate(self, principal: Principal) -> Refused | None:
        """Counts a request towards the rate of its key; nothing is waited for."""
        if principal.rate is None:
            return None
        wait_s = self._of_keys.take(
            principal.name, per_minute=principal.rate, now_s=self._timer_s()
        )
        return Refused("rate_limited", math.ceil(wait_s)) if wait_s else None

    def is_to_be_noted(self, principal: Principal) -> bool:
        """Whether `quota` has anything to do."""
        if not principal.noted:
            return False
        today = self._clock().date().isoformat()
        return principal.quota is not None or self._noted.get(principal.name) != today

    def quota(self, principal: Principal) -> Refused | None:
        """Counts a request towards the quota of its key; it writes to a disk.

        Of a key without a quota only the day is noted, once a day.

        Raises:
            StoreUnwritable: a quota can't be counted.
        """
        now = self._clock()
        limit = principal.quota
        try:
            counted = self._usage.count(principal.name, quota=limit or NO_QUOTA, now=now)
        except StoreUnwritable as error:
            if limit is not None:
                raise
            logger.warning("the last use of key %s is not noted: %s", principal.name, error)
            counted = True
        self._noted[principal.name] = now.date().isoformat()
        return None if counted else Refused("quota_exceeded", _until_midnight_s(now))

    def close(self) -> None:
        """Lets go of files."""
        self._usage.close()


def _until_midnight_s(now: datetime) -> int:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return math.ceil((midnight - now).total_seconds())
