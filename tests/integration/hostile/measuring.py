"""A server that is sent hostile inputs one by one, and what each of them costs."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

from tests.integration.hostile.bodies import ANSWER, DOCUMENTS, SEARCH
from tests.integration.hostile.cases import CUT, INDEXED, FileCase, RequestCase

MEMORY_BYTES: Final = 2**30
"""Most that these processes may hold above what they hold when idle."""
HEALTHZ_S: Final = 0.5
"""Longest that a look at ``/healthz`` may take meanwhile."""
PATIENCE_S: Final = 180.0
PROBE_EVERY_S: Final = 0.02
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_BOUNDARY: Final = "hostile-boundary"


@dataclass(frozen=True, slots=True)
class Cost:
    """What came of an input and what it took."""

    outcome: str | int
    cpu_s: float
    memory_bytes: int
    healthz_s: float


class Server:
    """One server process over an empty store. Use it as a context manager."""

    def __init__(self, root: Path, directory: Path) -> None:
        self._log = directory / "server.log"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.integration.hostile.server", str(directory)],
                cwd=root,
                stderr=log,
            )
        self._port = 0
        self._idle_bytes = 0
        self._kept: frozenset[str] = frozenset()

    def __enter__(self) -> Self:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and self._process.poll() is None:
            if found := re.search(r"listening on http://127\.0\.0\.1:(\d+)", self.log()):
                self._port = int(found[1])
                with contextlib.suppress(OSError):
                    if self._get("/readyz") == 200:
                        self._fill()
                        return self
            time.sleep(0.05)
        self._process.kill()
        raise AssertionError(f"the server does not start: {self.log()}")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}"

    def log(self) -> str:
        """What it has printed."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def answers(self) -> bool:
        """Whether it lives, and answers a search of what it was first given."""
        status, body = self._speak("POST", SEARCH, json.dumps({"query": "ferry"}).encode())
        return status == 200 and json.loads(body)["hits"][0]["document_id"] == "ferry"

    def lives(self) -> bool:
        """Whether it answers at all."""
        return self._get("/healthz") == HTTPStatus.OK

    def upload(self, case: FileCase) -> Cost:
        """Uploads a file, waits until it is indexed or refused, and removes it again."""
        content = (
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="f"; filename="{case.name}"'
            "\r\n\r\n"
        ).encode()
        content += case.make() + f"\r\n--{_BOUNDARY}--\r\n".encode()
        kind = f"multipart/form-data; boundary={_BOUNDARY}"
        with self._watched() as watched:
            status, body = self._speak("POST", f"{DOCUMENTS}?wait=true", content, kind)
        told = json.loads(body)
        outcome: str | int = status
        if status == 200:
            outcome = told["failed"][0]["code"] if told["failed"] else INDEXED
            outcome = INDEXED if told["indexed"] else outcome
        self._empty()
        return watched.cost(outcome)

    def send(self, case: RequestCase) -> Cost:
        """Sends the bytes of a request, and no more, and reads what is answered."""
        data = case.make()
        with self._watched() as watched:
            outcome = self._sent(data)
        return watched.cost(outcome)

    def _sent(self, data: bytes) -> int:
        with socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE_S) as connection:
            # A refusal comes before all is sent, and closes the connection.
            with contextlib.suppress(OSError):
                connection.sendall(data)
            answer = b""
            with contextlib.suppress(OSError):
                while piece := connection.recv(1 << 16):
                    answer += piece
        found = re.match(rb"HTTP/1\.1 (\d{3}) ", answer)
        return int(found[1]) if found else CUT

    def _speak(
        self, method: str, path: str, body: bytes = b"", kind: str = "application/json"
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_S)
        try:
            connection.request(method, path, body or None, {"Content-Type": kind})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def _get(self, path: str) -> int:
        return self._speak("GET", path)[0]

    def _fill(self) -> None:
        """A few documents to search and to answer from; everything is loaded once."""
        texts = {
            "ferry": "The ferry to Ardmore leaves at 7:30. Version 2.3 of the T40 weighs 5 kg.",
            "tea": "茶叶最早产于云南。第五条规定，普洱茶需要发酵三年。",
            **{f"note{n}": f"Note {n}: the T{n} of {1990 + n} has {n} parts." for n in range(30)},
        }
        documents = [{"id": id_, "text": text} for id_, text in texts.items()]
        self._speak("POST", f"{DOCUMENTS}?wait=true", json.dumps({"documents": documents}).encode())
        self._kept = frozenset(texts)
        for name in ("a.txt", "a.md", "a.html"):
            self.upload(FileCase(name, lambda: b"A first file."))
        self._speak("POST", ANSWER, b'{"query":"When is it?"}')
        with self._watched() as idle:
            time.sleep(0.2)
        self._idle_bytes = idle.cost(0).memory_bytes

    def _empty(self) -> None:
        """Removes what an upload has brought."""
        listing = json.loads(self._speak("GET", DOCUMENTS)[1])
        for item in listing["items"]:
            if item["id"] not in self._kept:
                self._speak("DELETE", f"{DOCUMENTS}/{quote(item['id'], safe='')}")

    def _watched(self) -> _Watch:
        return _Watch(self._process.pid, self._port, self._idle_bytes)


class _Watch:
    """Looks at the server's processes, and at ``/healthz`` in a thread of its own."""

    def __init__(self, pid: int, port: int, idle_bytes: int) -> None:
        self._pid = pid
        self._port = port
        self._idle_bytes = idle_bytes
        self._most: dict[int, int] = {}
        self._healthz_s = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._cpu_s = 0.0

    def __enter__(self) -> Self:
        for pid in _processes(self._pid):
            with contextlib.suppress(OSError):
                Path(f"/proc/{pid}/clear_refs").write_text("5")  # begins its peak anew
        self._cpu_s = -_cpu_s(self._pid)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join(PATIENCE_S)
        self._cpu_s += _cpu_s(self._pid)

    def cost(self, outcome: str | int) -> Cost:
        """What was seen."""
        above = max(0, sum(self._most.values()) - self._idle_bytes)
        return Cost(outcome, round(self._cpu_s, 2), above, round(self._healthz_s, 3))

    def _look(self) -> None:
        while True:
            over = self._over.is_set()
            for pid in _processes(self._pid):
                self._most[pid] = max(self._most.get(pid, 0), _peak_bytes(pid))
            self._probe()
            if over:  # at least one look at each is behind the input
                return
            self._over.wait(PROBE_EVERY_S)

    def _probe(self) -> None:
        started = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_S)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        finally:
            connection.close()
        self._healthz_s = max(self._healthz_s, time.perf_counter() - started)


def _processes(server: int) -> list[int]:
    """The server and the process that reads files for it."""
    pids = [server]
    for file in Path(f"/proc/{server}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            pids += map(int, file.read_text().split())
    return pids


def _cpu_s(server: int) -> float:
    """Seconds of a core that these have taken since they began, those that have ended too."""
    ticks = 0
    for pid in _processes(server):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15] if pid == server else fields[11:13]))
    return ticks / _TICKS


def _peak_bytes(pid: int) -> int:
    with contextlib.suppress(OSError):
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        return int(found[1]) * 1_024 if found else 0
    return 0
