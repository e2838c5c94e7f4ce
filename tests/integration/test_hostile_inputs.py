"""A real server is sent what breaks servers; it refuses or takes it, at a bounded cost, and lives.

Every third input is sent, in the order in which each kind lists them; ``HOSTILE_INPUTS=all`` sends
all, which takes more than three times as long. ``benchmarks/hostile_inputs.py`` measures each of
them, and how long ``/healthz`` takes meanwhile.

Seconds are those of the processes' own work, which other work on the machine does not lengthen
much; twice the bounds are allowed for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.hostile.archive_files import ARCHIVE_FILES
from tests.integration.hostile.bodies import BODIES
from tests.integration.hostile.cases import FileCase, RequestCase
from tests.integration.hostile.measuring import MEMORY_BYTES, Cost, Server
from tests.integration.hostile.packed_files import PACKED_FILES
from tests.integration.hostile.questions import QUESTIONS
from tests.integration.hostile.text_files import TEXT_FILES

MARGIN = 2
EVERY = 1 if os.environ.get("HOSTILE_INPUTS") == "all" else 3
FILES = [*TEXT_FILES[::EVERY], *PACKED_FILES[::EVERY], *ARCHIVE_FILES[::EVERY]]
REQUESTS = [*BODIES[::EVERY], *QUESTIONS[::EVERY]]


@pytest.fixture(scope="module")
def server(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(repository, tmp_path_factory.mktemp("hostile")) as running:
        yield running
    assert "Traceback" not in running.log()


def require(cost: Cost, case: FileCase | RequestCase, server: Server) -> None:
    assert cost.outcome == case.outcome
    assert cost.cpu_s <= MARGIN * case.cpu_s
    assert cost.memory_bytes <= MARGIN * MEMORY_BYTES
    assert server.answers()


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in FILES])
def test_a_hostile_file_is_read_or_refused(server: Server, case: FileCase) -> None:
    require(server.upload(case), case, server)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in REQUESTS])
def test_a_hostile_request_is_answered(server: Server, case: RequestCase) -> None:
    require(server.send(case), case, server)


def test_there_are_hundreds_of_them_and_each_has_a_name_of_its_own() -> None:
    names = [
        case.name for case in (*TEXT_FILES, *PACKED_FILES, *ARCHIVE_FILES, *BODIES, *QUESTIONS)
    ]
    assert len(names) > 400
    assert len(set(names)) == len(names)
    assert len(FILES) + len(REQUESTS) >= 150
