"""The commands of ``rag keys``: API keys with a name, rights, limits and an end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated

import typer

from app.access.audit import AuditLog
from app.access.key_file import KeyFile
from app.access.keyring import utc_now
from app.access.keys import NamedKey, Rights, read_duration, read_per
from app.access.scopes import read_collections, read_verbs
from app.access.usage import KeyUsage
from app.cli.terminal import err, load_settings, out
from app.errors import InvalidFilter

keys = typer.Typer(help="API keys, each with its rights and limits.", no_args_is_help=True)

KeyName = Annotated[str, typer.Argument(help="Name of the key.")]


@keys.command("create")
def keys_create(
    name: KeyName,
    collections: Annotated[
        str, typer.Option(help="Names, or beginnings such as team-*, with commas; * for all.")
    ],
    verbs: Annotated[str, typer.Option(help="Of search, ingest, manage.")] = "search",
    expires: Annotated[str | None, typer.Option(help="After 12h, 30d, 8w; else never.")] = None,
    rate: Annotated[str | None, typer.Option(help="Requests a minute, such as 60/min.")] = None,
    quota: Annotated[str | None, typer.Option(help="Requests a day, such as 10000/day.")] = None,
    where: Annotated[
        str | None,
        typer.Option("--filter", help="The documents that it sees, as a filter in JSON."),
    ] = None,
) -> None:
    """Make a key and show it, this once: only a digest of it is kept."""
    rights = Rights(
        collections=read_collections(_parts(collections)),
        verbs=read_verbs(_parts(verbs)),
        filter=None if where is None else _json(where),
        rate=None if rate is None else read_per(rate, "min"),
        quota=None if quota is None else read_per(quota, "day"),
    )
    lasts = None if expires is None else read_duration(expires)
    with _file("create", name) as file:
        _show(file.create(name, rights, expires=lasts, now=utc_now()))


@keys.command("list")
def keys_list() -> None:
    """Show every key there was: what it gives, until when, and on which day it was last used."""
    directory = load_settings().store.directory
    used = KeyUsage(directory).days()
    with _file() as file:
        for kept in file.kept():
            out.print(_line(kept.key, used.get(kept.key.name)))


@keys.command("revoke")
def keys_revoke(name: KeyName) -> None:
    """End a key, at once and for good."""
    with _file("revoke", name) as file:
        file.revoke(name, now=utc_now())
    out.print(f"key {name}: revoked")


@keys.command("rotate")
def keys_rotate(
    name: KeyName,
    grace: Annotated[
        str | None,
        typer.Option(help="How long the old key still opens: 10m, 1d."),
    ] = None,
) -> None:
    """Make another key with the same rights in place of one, and show it."""
    lasts = timedelta() if grace is None else read_duration(grace)
    with _file("rotate", name) as file:
        _show(file.rotate(name, grace=lasts, now=utc_now()))


@contextmanager
def _file(change: str | None = None, name: str | None = None) -> Iterator[KeyFile]:
    """The keys of the store; a change of one is told to the audit log, where there is one."""
    settings = load_settings()
    server, directory = settings.server, settings.store.directory
    log = None
    if change is not None and server.audit != "off":
        log = AuditLog(directory, max_bytes=server.audit_max_bytes, files=server.audit_files)
    file = KeyFile(directory)
    try:
        yield file
    finally:
        file.close()
    if log is not None:
        time = utc_now().isoformat(timespec="milliseconds")
        log.write({"time": time, "key": "local", "verb": f"keys {change}", "of": name})


def _show(secret: str) -> None:
    err.print("The key is shown this once; keep it where secrets are kept.")
    out.print(secret)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _json(text: str) -> object:
    try:
        read: object = json.loads(text)
    except ValueError as error:
        raise InvalidFilter(f"The filter is not valid JSON: {error}.") from None
    if not isinstance(read, dict):
        raise InvalidFilter('The filter is a JSON object, such as {"team": "x"}.')
    return read


def _line(key: NamedKey, last_used: str | None) -> str:
    rights = key.rights
    collections = "*" if rights.collections is None else ",".join(sorted(rights.collections))
    facts = [
        key.name,
        f"{key.prefix}…",
        key.state(utc_now()),
        f"{collections}: {','.join(sorted(rights.verbs))}",
        rights.filter and f"filter {json.dumps(rights.filter, ensure_ascii=False)}",
        rights.rate and f"{rights.rate}/min",
        rights.quota and f"{rights.quota}/day",
        f"created {key.created:%Y-%m-%d}",
        key.expires and f"expires {key.expires:%Y-%m-%d %H:%M} UTC",
        key.revoked and f"revoked {key.revoked:%Y-%m-%d %H:%M} UTC",
        f"last used {last_used}" if last_used else "never used",
    ]
    return "  ".join(str(fact) for fact in facts if fact)
