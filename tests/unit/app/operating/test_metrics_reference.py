from __future__ import annotations

import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.observing.metrics import Metrics

METRIC = re.compile(r"\battest_[a-z_]+[a-z]\b")
OTHERS = {"attest_rag"}


@pytest.fixture(scope="module")
def named() -> dict[str, str]:
    """Each metric by the name that it is asked for by, with its kind."""
    families = text_string_to_metric_families(Metrics().text().decode())
    return {
        f"{family.name}_total" if family.type == "counter" else family.name: family.type
        for family in families
        if not family.name.endswith("_created")  # when a counter began, which its library adds
    }


def test_the_handbook_names_every_metric_with_its_kind(
    repository: Path, named: dict[str, str]
) -> None:
    page = (repository / "docs/handbook/en/operations.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(attest_\w+)` \| (\w+) \|", page, re.MULTILINE))
    assert rows == named


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_handbook_names_no_metric_that_does_not_exist(
    repository: Path, named: dict[str, str], language: str
) -> None:
    pages = (repository / "docs/handbook" / language).glob("*.md")
    found = {name for page in pages for name in METRIC.findall(page.read_text(encoding="utf-8"))}
    assert found - OTHERS <= set(named)
