from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.access.admission import Admission, Refused
from app.access.principal import LOCAL, Principal
from app.access.rates import TokenBuckets, network_of
from app.access.usage import FILE, KeyUsage
from app.errors import StoreUnwritable

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def key(name: str = "a", *, rate: int | None = None, quota: int | None = None) -> Principal:
    return Principal(name, None, frozenset({"search"}), rate=rate, quota=quota, noted=True)


@dataclass
class Now:
    time: datetime = NOON
    timer_s: float = 0.0


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def admission(tmp_path: Path, now: Now) -> Iterator[Admission]:
    admission = process(tmp_path, now)
    yield admission
    admission.close()


def process(folder: Path, now: Now) -> Admission:
    return Admission(
        KeyUsage(folder), failures_per_minute=2, clock=lambda: now.time, timer_s=lambda: now.timer_s
    )


def test_a_key_may_spend_its_minute_at_once_and_then_waits_for_each_request(
    admission: Admission, now: Now
) -> None:
    six = key(rate=6)

    assert [admission.rate(six) for _ in range(6)] == [None] * 6
    assert admission.rate(six) == Refused("rate_limited", 10)
    now.timer_s = 9.5
    assert admission.rate(six) == Refused("rate_limited", 1)
    now.timer_s = 10.0
    assert admission.rate(six) is None
    assert admission.rate(six) == Refused("rate_limited", 10)


def test_keys_do_not_spend_each_others_rate(admission: Admission) -> None:
    assert admission.rate(key("a", rate=1)) is None
    assert admission.rate(key("b", rate=1)) is None
    assert admission.rate(key("a", rate=1)) is not None
    assert [admission.rate(key("c")) for _ in range(500)] == [None] * 500


def test_a_quota_is_of_a_day_and_of_all_processes(
    admission: Admission, now: Now, tmp_path: Path
) -> None:
    other = process(tmp_path, now)
    three = key(quota=3)

    assert [admission.quota(three), other.quota(three), admission.quota(three)] == [None] * 3
    assert other.quota(three) == Refused("quota_exceeded", 12 * 3600)
    other.close()
    again = process(tmp_path, now)
    assert again.quota(three) == Refused("quota_exceeded", 12 * 3600)
    now.time = NOON + timedelta(hours=12)
    assert again.quota(three) is None
    again.close()


def test_what_can_not_be_counted_is_not_served(tmp_path: Path, now: Now) -> None:
    (tmp_path / FILE).mkdir()
    admission = process(tmp_path, now)

    with pytest.raises(StoreUnwritable):
        admission.quota(key(quota=3))
    assert admission.quota(key()) is None


def test_the_day_of_a_keys_last_use_is_noted_once_a_day(
    admission: Admission, now: Now, tmp_path: Path
) -> None:
    usage = KeyUsage(tmp_path)
    assert usage.days() == {}

    assert admission.is_to_be_noted(key())
    admission.quota(key())
    assert not admission.is_to_be_noted(key())
    assert usage.days() == {"a": "2026-05-01"}
    now.time += timedelta(days=1)
    assert admission.is_to_be_noted(key())
    admission.quota(key())
    assert usage.days() == {"a": "2026-05-02"}
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_nothing_is_noted_of_who_has_no_named_key(admission: Admission) -> None:
    assert not admission.is_to_be_noted(LOCAL)


def test_addresses_are_told_to_wait_one_by_one(admission: Admission, now: Now) -> None:
    assert [admission.failed("192.0.2.1") for _ in range(2)] == [None] * 2
    assert admission.failed("192.0.2.1") == Refused("rate_limited", 30)
    assert admission.failed("192.0.2.2") is None
    now.timer_s = 30.0
    assert admission.failed("192.0.2.1") is None


def test_the_addresses_of_one_network_of_ipv6_are_one(admission: Admission) -> None:
    asked = [admission.failed(f"2001:db8::{n}") for n in range(3)]

    assert asked == [None, None, Refused("rate_limited", 30)]
    assert admission.failed("2001:db8:1::1") is None
    assert network_of("::ffff:192.0.2.1") == "::ffff:192.0.2.1"
    assert network_of("testclient") == "testclient"


def test_no_more_buckets_are_kept_than_agreed() -> None:
    buckets = TokenBuckets(most=2)
    for name in ("a", "b", "c"):
        assert buckets.take(name, per_minute=1, now_s=0.0) == 0.0

    assert buckets.take("c", per_minute=1, now_s=0.0) == 60.0
    assert buckets.take("a", per_minute=1, now_s=0.0) == 0.0
