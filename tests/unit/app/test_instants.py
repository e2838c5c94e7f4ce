"""Texts that name instants sort as these do; all others stay as they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.instants import sortable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-03T10:00+02:00", "2024-05-03T08:00:00+00:00"),
        ("2024-05-03t10:00:30z", "2024-05-03T10:00:30+00:00"),
        ("2024-05-03 10:00:30.250 +0200", "2024-05-03T08:00:30.25+00:00"),
        ("2024-01-01T01:00+02", "2023-12-31T23:00:00+00:00"),
        ("2024-05-03T10:00", "2024-05-03T10:00"),
        ("2024-05-03", "2024-05-03"),
        ("2024-02-30T10:00Z", "2024-02-30T10:00Z"),
        ("0001-01-01T00:00+02:00", "0001-01-01T00:00+02:00"),
        ("10:00Z", "10:00Z"),
        ("", ""),
    ],
)
def test_an_instant_is_told_in_utc(text: str, expected: str) -> None:
    assert sortable(text) == expected
    assert sortable(expected) == expected


NEW_YEAR = datetime(2024, 1, 1, tzinfo=UTC)
INSTANTS = st.builds(
    lambda seconds, offset: (NEW_YEAR + timedelta(seconds=seconds)).astimezone(
        timezone(timedelta(minutes=offset))
    ),
    st.floats(0, 10**5) | st.integers(0, 3),
    st.integers(-720, 720),
)


@given(one=INSTANTS, other=INSTANTS)
def test_instants_sort_as_their_texts(one: datetime, other: datetime) -> None:
    first, second = sortable(one.isoformat()), sortable(other.isoformat())
    assert ((first < second), (first == second)) == (one < other, one == other)
