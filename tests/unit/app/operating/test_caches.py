from __future__ import annotations

import pytest

from app.caches import ENTRY_BYTES, BoundedCache


def cache_of(entries: int) -> BoundedCache[str, str]:
    most_bytes = entries * (10 + ENTRY_BYTES)
    return BoundedCache("words", most_bytes=most_bytes, bytes_of=lambda key, value: 10)


def test_what_was_asked_for_longest_ago_makes_room() -> None:
    cache = cache_of(2)
    cache.put("a", "1")
    cache.put("b", "2")
    assert cache.get("a") == "1"
    cache.put("c", "3")
    assert [cache.get(key) for key in "abc"] == ["1", None, "3"]
    assert (cache.hits, cache.misses) == (3, 1)


def test_its_bytes_are_those_of_what_is_kept() -> None:
    cache = cache_of(2)
    for key in "abcab":
        cache.put(key, key)
    assert cache.bytes == 2 * (10 + ENTRY_BYTES)


def test_what_is_larger_than_the_cache_is_not_kept_and_drives_nothing_out() -> None:
    cache: BoundedCache[str, str] = BoundedCache(
        "words", most_bytes=2 * ENTRY_BYTES, bytes_of=lambda key, value: len(value)
    )
    cache.put("a", "small")
    cache.put("b", "x" * 2 * ENTRY_BYTES)
    assert cache.get("a") == "small"
    assert cache.get("b") is None


@pytest.mark.parametrize("key", ["", "a"])
def test_a_cache_of_no_bytes_keeps_nothing(key: str) -> None:
    cache = cache_of(0)
    cache.put(key, "1")
    assert cache.get(key) is None
    assert cache.bytes == 0
