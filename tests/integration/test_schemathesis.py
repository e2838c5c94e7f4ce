"""Schemathesis, with ``/openapi.json`` as the contract: what it makes up is answered as declared.

It makes requests that the schema allows, and others that it does not, and looks whether each answer
has a status, a media type and a body that are declared, whether what the schema forbids is refused,
and whether a method, a header or a key that is missing is told so.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.integration.hostile.measuring import Server

EXAMPLES = 10
"""Of each operation, besides those that its coverage of the schema makes."""
SEED = 4
LEFT_OUT = "positive_data_acceptance"
"""A schema can't say all that a filter, a chat or a file must be; these are refused with 400."""


def test_answers_are_as_the_schema_declares(repository: Path, tmp_path: Path) -> None:
    with Server(repository, tmp_path) as server:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "--no-color"),
                *("run", f"{server.url}/openapi.json"),
                *("--phases", "examples,coverage,fuzzing"),
                *("--max-examples", str(EXAMPLES), "--seed", str(SEED)),
                *("--exclude-checks", LEFT_OUT),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-6_000:]
        assert "Tested: 17" in done.stdout
        assert server.lives()
    assert "Traceback" not in server.log()
