from __future__ import annotations

import json
import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
import yaml

PACKAGES: Final = ("app", "eval", "ingest", "train")
NOT_SHIPPED: Final = ("*.pyc",)

DURATION: Final = {"type": "string", "pattern": r"^(\d+(ms|s|m|h))+$"}
COMPOSE: Final = {
    "type": "object",
    "additionalProperties": False,
    "required": ["services", "volumes"],
    "properties": {
        "services": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["image", "volumes"],
                "properties": {
                    "build": {"type": "string"},
                    "image": {"type": "string"},
                    "environment": {"type": "object", "additionalProperties": {"type": "string"}},
                    "ports": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
                    "volumes": {"type": "array", "items": {"type": "string"}, "minItems": 1},
                    "profiles": {"type": "array", "items": {"const": "observe"}},
                    "secrets": {"type": "array", "items": {"type": "string"}},
                    "restart": {"enum": ["no", "always", "on-failure", "unless-stopped"]},
                    "stop_grace_period": DURATION,
                },
            },
        },
        "secrets": {"type": "object"},
        "volumes": {"type": "object", "additionalProperties": {"type": ["object", "null"]}},
    },
}
"""The part of the Compose specification that our file uses."""


@pytest.fixture(scope="module")
def compose(repository: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((repository / "docker-compose.yml").read_text())
    return read


@pytest.fixture(scope="module")
def instructions(repository: Path) -> list[tuple[str, str]]:
    """Each instruction of the Dockerfile with its arguments, continuation lines joined."""
    lines = (repository / "Dockerfile").read_text().replace("\\\n", " ").split("\n")
    kept = (line.strip() for line in lines if line.strip() and not line.startswith("#"))
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in kept)]


def last_stage(instructions: list[tuple[str, str]]) -> list[tuple[str, str]]:
    start = max(n for n, (name, _) in enumerate(instructions) if name == "FROM")
    return instructions[start:]


# --- the composition -----------------------------------------------------------------------------


def test_the_composition_is_valid(compose: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(COMPOSE)
    jsonschema.validate(compose, COMPOSE)


def test_the_service_keeps_its_data_in_a_volume_that_is_declared(
    compose: dict[str, Any], instructions: list[tuple[str, str]]
) -> None:
    environment = dict(
        part.split("=", 1) for name, rest in instructions if name == "ENV" for part in rest.split()
    )
    service = compose["services"]["attest"]
    mounts = dict(volume.split(":") for volume in service["volumes"])
    assert environment["ATTEST_STORE__DIRECTORY"] in mounts.values()
    assert set(mounts) <= set(compose["volumes"])


def test_the_service_is_not_started_without_an_api_key(compose: dict[str, Any]) -> None:
    service = compose["services"]["attest"]
    keys = service["environment"]["ATTEST_SERVER__API_KEYS"]
    assert re.fullmatch(r'\["\$\{ATTEST_API_KEY:\?[^}]+\}"\]', keys)


def test_the_service_is_published_on_loopback_only(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


def test_what_observes_is_there_where_it_is_asked_for_and_finds_its_files(
    compose: dict[str, Any], repository: Path
) -> None:
    for name, service in compose["services"].items():
        assert (service.get("profiles") == ["observe"]) == (name != "attest")
        sources = [volume.split(":")[0] for volume in service["volumes"]]
        files = [source for source in sources if source.startswith("./")]
        assert all((repository / file).is_file() for file in files)
        assert {source for source in sources if source not in files} <= set(compose["volumes"])
        assert set(service.get("secrets", ())) <= set(compose["secrets"])


def test_the_service_is_stopped_no_sooner_than_it_needs(compose: dict[str, Any]) -> None:
    from app.settings import ServerSettings

    service = compose["services"]["attest"]
    grace_s = float(service["stop_grace_period"].removesuffix("s"))
    assert grace_s > 2 * ServerSettings().shutdown_grace_s  # requests, then the job under way


# --- the image -----------------------------------------------------------------------------------


def test_the_image_is_built_from_images_of_a_stated_version(
    instructions: list[tuple[str, str]],
) -> None:
    images = [rest.split()[0] for name, rest in instructions if name == "FROM"]
    assert images
    for image in images:
        _, colon, tag = image.partition(":")
        assert colon, image
        assert tag != "latest"


def test_a_change_of_the_code_installs_no_dependency_anew(
    instructions: list[tuple[str, str]],
) -> None:
    whole = instructions.index(("COPY", ". ."))
    installs = [rest for name, rest in instructions[:whole] if name == "RUN" and "pip" in rest]
    assert any("torch" in rest for rest in installs)
    assert any("'.[fast,llama,mcp]'" in rest for rest in installs)
    after = [rest for name, rest in instructions[whole:] if name == "RUN" and "pip" in rest]
    assert after
    assert all("--no-deps" in rest for rest in after)


def test_the_image_does_not_run_as_root(instructions: list[tuple[str, str]]) -> None:
    names = [name for name, _ in last_stage(instructions)]
    users = [rest for name, rest in last_stage(instructions) if name == "USER"]
    assert users
    assert users[-1] not in ("root", "0")
    assert names.index("USER") < names.index("CMD")


def test_the_image_is_checked_for_readiness_on_the_port_that_is_served(
    instructions: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (check,) = [rest for name, rest in instructions if name == "HEALTHCHECK"]
    command = json.loads(check[check.index("[") :])
    asked: list[str] = []
    monkeypatch.setattr("urllib.request.urlopen", lambda url, timeout: asked.append(url))
    exec(command[2], {})
    monkeypatch.setenv("ATTEST_SERVER__PORT", "9000")
    exec(command[2], {})
    assert asked == ["http://127.0.0.1:8000/readyz", "http://127.0.0.1:9000/readyz"]


def test_the_image_runs_the_service_itself_and_not_a_shell(
    instructions: list[tuple[str, str]],
) -> None:
    assert last_stage(instructions)[-1] == ("CMD", '["rag", "serve"]')  # signals reach it


def test_what_is_large_or_private_is_not_sent_to_the_builder(repository: Path) -> None:
    ignored = (repository / ".dockerignore").read_text().split("\n")
    assert {".git", ".venv", "data", "**/__pycache__"} <= set(ignored)


# --- the distribution ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def setuptools(repository: Path) -> dict[str, Any]:
    project = tomllib.loads((repository / "pyproject.toml").read_text())
    configured: dict[str, Any] = project["tool"]["setuptools"]
    return configured


@pytest.fixture(scope="module")
def shipped(repository: Path) -> list[Path]:
    """Every file below the packages, relative to the repository."""
    if not (repository / "app").is_dir():
        pytest.skip("the source is out of reach, since the wheel is what is tested")
    found = [path for name in PACKAGES for path in (repository / name).rglob("*")]
    return [
        path.relative_to(repository)
        for path in found
        if path.is_file() and not any(fnmatch(path.name, pattern) for pattern in NOT_SHIPPED)
    ]


def test_the_distribution_has_exactly_four_packages(setuptools: dict[str, Any]) -> None:
    included = set(setuptools["packages"]["find"]["include"])
    assert included == {*PACKAGES, *(f"{name}.*" for name in PACKAGES)}


def test_every_folder_with_modules_is_a_package(repository: Path, shipped: list[Path]) -> None:
    folders = {path.parent for path in shipped if path.suffix == ".py"}
    assert folders
    assert all((repository / folder / "__init__.py").is_file() for folder in folders)


def test_every_data_file_of_a_package_is_shipped(
    setuptools: dict[str, Any], shipped: list[Path]
) -> None:
    patterns = setuptools["package-data"]["*"]
    code = {path.parent for path in shipped if path.suffix == ".py"}
    data = [path for path in shipped if path.suffix != ".py" and path.parent in code]
    assert {"schema.sql", "py.typed"} <= {path.name for path in data}
    missing = [str(p) for p in data if not any(fnmatch(p.name, pattern) for pattern in patterns)]
    assert missing == []


def test_the_page_is_shipped_with_all_that_it_asks_for() -> None:
    from app.http.page.files import page_files

    shipped = {name: file.content.decode() for name, file in page_files().items()}
    asked = {name for text in shipped.values() for name in re.findall(r"page/([\w.]+)", text)}
    asked |= {name for text in shipped.values() for name in re.findall(r'from "\./([\w.]+)"', text)}
    assert {"main.js", "base.css", "chinese.js"} <= asked
    assert asked <= set(shipped)


def test_every_package_is_typed(repository: Path, shipped: list[Path]) -> None:
    assert all(Path(name, "py.typed") in shipped for name in PACKAGES)


# --- the commands --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def makefile(repository: Path) -> str:
    if not (repository / "Makefile").is_file():
        pytest.skip("the source is out of reach, since the wheel is what is tested")
    return (repository / "Makefile").read_text()


def test_every_target_says_what_it_does(makefile: str) -> None:
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony is not None
    described = re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE)
    assert sorted(described) == sorted(phony[1].split())
    assert {"demo", "serve", "test", "check", "bench", "help"} <= set(described)


def test_continuous_integration_runs_nothing_but_those_targets(
    repository: Path, makefile: str
) -> None:
    lines = (repository / ".ci" / "run").read_text().split("\n")
    commands = [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]
    assert commands
    for command in commands:
        make, target = command.split()
        assert make == "make"
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
