"""How often somebody may come: buckets of tokens, in the memory of one process."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from typing import Final

MINUTE_S: Final = 60.0
MOST: Final = 10_000
"""Buckets that are kept; the one that was used longest ago makes room."""
V6_NETWORK: Final = 64
"""Bits of an address that one subscriber is given whole."""


class TokenBuckets:
    """A bucket for each name: it holds a minute's worth of tokens, and fills evenly.

    Source: J. Turner, "New Directions in Communications", IEEE Communications Magazine 24(10),
    1986 (the leaky bucket, here as a meter).
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """Tokens, and when they were counted."""

    def take(self, name: str, *, per_minute: int, now_s: float) -> float:
        """Takes a token and returns 0, or the seconds until there is one."""
        tokens, at_s = self._buckets.pop(name, (float(per_minute), now_s))
        per_second = per_minute / MINUTE_S
        tokens = min(float(per_minute), tokens + max(0.0, now_s - at_s) * per_second)
        wait_s = 0.0 if tokens >= 1.0 else (1.0 - tokens) / per_second
        self._buckets[name] = (tokens if wait_s else tokens - 1.0, now_s)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return wait_s


def network_of(address: str) -> str:
    """What of an address a sender can't change at will: of IPv6 the network, else all of it."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(read, ipaddress.IPv6Address) and read.ipv4_mapped is None:
        return str(ipaddress.IPv6Network((read, V6_NETWORK), strict=False))
    return address
