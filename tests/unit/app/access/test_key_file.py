from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.access.key_file import FILE, KeyFile
from app.access.keyring import Keyring
from app.access.keys import Rights, digest, read_duration, read_per
from app.access.principal import LOCAL, Principal
from app.errors import ConfigurationError, InvalidFilter, InvalidRequest, NotFound
from app.filters import OneOf

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
READS = Rights(frozenset({"notes", "team-*"}), frozenset({"search"}))


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def file(tmp_path: Path) -> Iterator[KeyFile]:
    file = KeyFile(tmp_path)
    yield file
    file.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keyring(tmp_path: Path, clock: Clock) -> Iterator[Keyring]:
    """That of a server which has started before any key was made."""
    keyring = Keyring({}, KeyFile(tmp_path), clock=clock)
    assert keyring.principal(b"") is LOCAL
    yield keyring
    keyring.close()


def test_a_key_opens_what_it_was_made_for(file: KeyFile, keyring: Keyring) -> None:
    rights = Rights(None, frozenset({"search"}), {"team": "x"}, rate=60, quota=1_000)
    secret = file.create("ci.bot", rights, expires=None, now=NOON)

    assert keyring.principal(secret.encode()) == Principal(
        "ci.bot",
        None,
        frozenset({"search"}),
        OneOf("team", ("x",)),
        rate=60,
        quota=1_000,
        noted=True,
    )


def test_with_the_first_key_a_running_server_is_locked(file: KeyFile, keyring: Keyring) -> None:
    assert not keyring.has_keys

    file.create("first", READS, expires=None, now=NOON)

    assert keyring.has_keys
    assert keyring.principal(b"") is None


def test_revoking_counts_at_once_in_a_running_server(file: KeyFile, keyring: Keyring) -> None:
    secret = file.create("a", READS, expires=None, now=NOON).encode()
    assert keyring.principal(secret) is not None

    file.revoke("a", now=NOON)

    assert keyring.principal(secret) is None
    assert keyring.has_keys


def test_another_process_is_followed_too(tmp_path: Path, keyring: Keyring) -> None:
    created = subprocess.run(
        [sys.executable, "-m", "app", "keys", "create", "a", "--collections", "notes"],
        cwd=tmp_path,
        env={"ATTEST_STORE__DIRECTORY": str(tmp_path), "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )

    found = keyring.principal(created.stdout.strip().encode())
    assert found is not None
    assert found.name == "a"


def test_a_key_ends_with_its_time(file: KeyFile, keyring: Keyring, clock: Clock) -> None:
    secret = file.create("a", READS, expires=DAY, now=NOON).encode()

    clock.now = NOON + DAY - timedelta(milliseconds=1)
    assert keyring.principal(secret) is not None
    clock.now = NOON + DAY
    assert keyring.principal(secret) is None


def test_the_loss_of_the_file_opens_nothing(
    file: KeyFile, keyring: Keyring, tmp_path: Path
) -> None:
    secret = file.create("a", READS, expires=None, now=NOON).encode()
    assert keyring.principal(secret) is not None

    for path in tmp_path.glob("keys.db*"):
        path.unlink()

    assert keyring.principal(secret) is None
    assert keyring.principal(b"") is None


def test_a_file_that_is_put_in_place_of_it_is_read(
    file: KeyFile, keyring: Keyring, tmp_path: Path
) -> None:
    old = file.create("a", READS, expires=None, now=NOON).encode()
    assert keyring.principal(old) is not None
    other = KeyFile(tmp_path / "other")
    new = other.create("b", READS, expires=None, now=NOON).encode()

    for path in tmp_path.glob("keys.db*"):
        path.unlink()
    (tmp_path / "other" / FILE).rename(tmp_path / FILE)

    assert keyring.principal(old) is None
    assert keyring.principal(new) is not None


def test_a_file_that_can_not_be_read_lets_nobody_in(
    file: KeyFile, keyring: Keyring, tmp_path: Path
) -> None:
    secret = file.create("a", READS, expires=None, now=NOON).encode()
    (tmp_path / FILE).write_bytes(b"no database" * 1_000)

    for _ in range(2):
        with pytest.raises(ConfigurationError, match=r"keys\.db can't be read"):
            keyring.principal(secret)


def test_rights_that_can_not_be_read_open_nothing(
    file: KeyFile, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = file.create("a", READS, expires=None, now=NOON).encode()
    with monkeypatch.context() as patch:
        patch.setattr(Rights, "principal", lambda *_: None)
        odd = Rights(None, frozenset({"search"}), {"team": {"like": "x"}})
        bad = file.create("b", odd, expires=None, now=NOON).encode()

    assert keyring.principal(bad) is None
    assert keyring.principal(good) is not None


def test_neither_a_secret_nor_more_than_its_beginning_is_kept(
    file: KeyFile, tmp_path: Path
) -> None:
    secret = file.create("a", READS, expires=None, now=NOON)
    file.kept()

    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert secret.startswith("ak_live_")
    assert len(secret) == len("ak_live_") + 43
    assert secret[:12].encode() in kept
    assert secret[:13].encode() not in kept
    assert digest(secret.encode()) in kept


def test_only_its_user_can_read_the_file(file: KeyFile, tmp_path: Path) -> None:
    file.create("a", READS, expires=None, now=NOON)
    file.kept()

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes
    assert set(modes.values()) == {0o600}


def test_a_name_is_taken_until_its_key_has_ended(file: KeyFile) -> None:
    file.create("a", READS, expires=DAY, now=NOON)

    with pytest.raises(InvalidRequest, match="rag keys rotate a"):
        file.create("a", READS, expires=None, now=NOON)
    file.create("a", READS, expires=None, now=NOON + DAY)

    assert [kept.key.state(NOON + DAY) for kept in file.kept()] == ["expired", "active"]


def test_a_rotated_key_has_the_rights_and_the_end_of_the_old_one(
    file: KeyFile, keyring: Keyring, clock: Clock
) -> None:
    rights = Rights(frozenset({"notes"}), frozenset({"ingest"}), rate=5)
    old = file.create("a", rights, expires=10 * DAY, now=NOON).encode()

    new = file.rotate("a", grace=timedelta(hours=1), now=NOON).encode()
    newest = file.rotate("a", grace=timedelta(hours=2), now=NOON).encode()

    assert keyring.principal(old) == keyring.principal(new) == keyring.principal(newest)
    clock.now = NOON + timedelta(hours=1)
    assert keyring.principal(old) is None
    assert keyring.principal(new) is not None
    clock.now = NOON + timedelta(hours=2)
    assert keyring.principal(new) is None
    assert keyring.principal(newest) is not None
    clock.now = NOON + 10 * DAY
    assert keyring.principal(newest) is None


def test_without_grace_the_old_key_ends_at_once(file: KeyFile, keyring: Keyring) -> None:
    old = file.create("a", READS, expires=None, now=NOON).encode()
    new = file.rotate("a", grace=timedelta(), now=NOON).encode()

    assert keyring.principal(old) is None
    assert keyring.principal(new) is not None


def test_what_opens_nothing_is_neither_rotated_nor_revoked(file: KeyFile) -> None:
    file.create("a", READS, expires=None, now=NOON)
    file.revoke("a", now=NOON)

    with pytest.raises(NotFound):
        file.rotate("a", grace=DAY, now=NOON)
    with pytest.raises(NotFound):
        file.revoke("a", now=NOON)
    with pytest.raises(NotFound):
        file.revoke("none", now=NOON)


@pytest.mark.parametrize("name", ["", "local", "key 1", "-a", "a" * 65, "a\n", "名"])
def test_a_name_can_be_told_from_those_of_the_settings(file: KeyFile, name: str) -> None:
    with pytest.raises(InvalidRequest, match="name has"):
        file.create(name, READS, expires=None, now=NOON)


@pytest.mark.parametrize(
    ("rights", "error"),
    [
        (Rights(None, frozenset({"search", "ingest"}), {"team": "x"}), InvalidRequest),
        (Rights(None, frozenset({"search"}), {}), InvalidFilter),
        (Rights(None, frozenset({"search"}), {"page": 1}), InvalidFilter),
        (Rights(None, frozenset({"search"}), {"team": {"like": "x"}}), InvalidFilter),
    ],
)
def test_a_filter_that_would_not_hold_is_refused(
    file: KeyFile, rights: Rights, error: type[Exception]
) -> None:
    with pytest.raises(error):
        file.create("a", rights, expires=None, now=NOON)
    assert file.kept() == ()


def test_durations_and_limits_are_read_as_people_write_them() -> None:
    assert read_duration("90m") == timedelta(minutes=90)
    assert read_duration("2w") == timedelta(days=14)
    assert read_per("60/min", "min") == 60
    assert read_per("10000/day", "day") == 10_000
    for wrong in ("", "30", "0d", "1y", "-1d", "1 d"):
        with pytest.raises(InvalidRequest):
            read_duration(wrong)
    for wrong in ("60", "60/day", "0/min", "1.5/min"):
        with pytest.raises(InvalidRequest):
            read_per(wrong, "min")
