"""What the handbook says of settings, error codes and files is what the code says."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from app import errors
from app.settings import Settings

SETTING_ROW = re.compile(r"^\| `([a-z]+\.[a-z0-9_]+)` \| (.*?) \|", re.MULTILINE)
SETTING_NAME = re.compile(
    r"`((?:store|models|chunking|ingest|retrieval|answer|server)\.[a-z0-9_]+)[^`]*`"
)
SOURCE_PATH = re.compile(r"`((?:app|ingest|eval|docs|tests|benchmarks)/[\w./-]*)`")
ENVIRONMENT_NAME = re.compile(r"ATTEST_([A-Z]+)__([A-Z0-9_]+)")
DEFAULT_IN_WORDS = {
    "store.directory": "`data`",
    "models.cache": "`~/.cache/attest`",
    "retrieval.routes": "`bm25`, `dense`",
    "retrieval.weights": "`bm25` 0.5, `dense` 0.5, `sparse` 0.5, `graph` 0.2",
    "retrieval.weight_rules": "none",
    "retrieval.ignore": "none",
    "server.api_keys": "none",
    "server.cors_origins": "none",
}


def fields() -> Iterator[tuple[str, object]]:
    for section, section_field in Settings.model_fields.items():
        model = section_field.annotation
        assert isinstance(model, type)
        assert issubclass(model, BaseModel)
        for name, field in model.model_fields.items():
            yield f"{section}.{name}", field.default


def in_words(name: str, default: object) -> str:
    if name in DEFAULT_IN_WORDS:
        return DEFAULT_IN_WORDS[name]
    if default is None:
        return "unset"
    return f"`{default}`" if isinstance(default, str) else str(default)


@pytest.fixture(scope="module")
def handbook(repository: Path) -> Path:
    return repository / "docs" / "handbook"


@pytest.fixture(scope="module")
def pages(handbook: Path) -> dict[str, str]:
    return {
        path.relative_to(handbook).as_posix(): path.read_text(encoding="utf-8")
        for path in handbook.rglob("*.md")
    }


def test_the_settings_page_lists_every_setting_with_its_default(pages: dict[str, str]) -> None:
    listed = dict(SETTING_ROW.findall(pages["en/settings.md"]))
    assert {name: listed.get(name) for name, _ in fields()} == {
        name: in_words(name, default) for name, default in fields()
    }


def test_the_settings_page_lists_no_setting_that_is_gone(pages: dict[str, str]) -> None:
    listed = SETTING_ROW.findall(pages["en/settings.md"])
    assert {name for name, _ in listed} <= {name for name, _ in fields()}


def test_every_setting_named_on_a_page_exists(pages: dict[str, str]) -> None:
    known = {name for name, _ in fields()}
    named = {(page, name) for page, text in pages.items() for name in SETTING_NAME.findall(text)}
    assert {found for found in named if found[1] not in known} == set()


def test_every_environment_variable_named_on_a_page_sets_something(pages: dict[str, str]) -> None:
    known = {name for name, _ in fields()}
    named = {
        f"{section}.{name}".lower()
        for text in pages.values()
        for section, name in ENVIRONMENT_NAME.findall(text)
    }
    assert named
    assert named <= known


def test_every_file_named_on_a_page_exists(pages: dict[str, str], repository: Path) -> None:
    named = {(page, path) for page, text in pages.items() for path in SOURCE_PATH.findall(text)}
    assert {found for found in named if not (repository / found[1]).exists()} == set()


def test_the_operations_page_lists_every_error_code_of_the_service(pages: dict[str, str]) -> None:
    codes = {
        error.code
        for error in vars(errors).values()
        if isinstance(error, type) and issubclass(error, errors.AttestError)
    } - {errors.AttestError.code, errors.TransientError.code}
    table = pages["en/operations.md"].split("## Error codes")[1].split("\n## ")[0]
    assert codes <= set(re.findall(r"`([a-z_]+)`", table))


def test_both_languages_explain_every_reason_for_rejection(pages: dict[str, str]) -> None:
    assert errors.DocumentRejected.__doc__ is not None
    codes = set(re.findall(r"``([a-z_]+)``", errors.DocumentRejected.__doc__)) - {"code"}
    for page in ("en/ingestion.md", "zh/files.md"):
        assert set(re.findall(r"^\| `([a-z_]+)` \|", pages[page], re.MULTILINE)) == codes, page


def test_every_page_has_one_title_and_opens_with_prose(pages: dict[str, str]) -> None:
    for page, text in pages.items():
        lines = text.splitlines()
        assert lines[0].startswith("# "), page
        fenced = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
        assert len(re.findall(r"^# ", fenced, re.MULTILINE)) == 1, page
        assert re.match(r"[\w`]", lines[2]), page


def test_json_in_code_blocks_can_be_parsed(pages: dict[str, str]) -> None:
    for page, text in pages.items():
        for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL):
            for line in block.strip().splitlines():
                assert isinstance(json.loads(line), dict), page
