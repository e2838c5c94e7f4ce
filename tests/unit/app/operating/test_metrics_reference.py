from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
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


def test_the_dashboard_asks_for_metrics_that_exist(repository: Path, named: dict[str, str]) -> None:
    dashboard = json.loads((repository / "observe/grafana/attest.json").read_text("utf-8"))
    sources = yaml.safe_load((repository / "observe/grafana/datasource.yml").read_text("utf-8"))
    asked: set[str] = set()
    for panel in dashboard["panels"]:
        assert panel["datasource"]["uid"] == sources["datasources"][0]["uid"]
        for target in panel["targets"]:
            asked |= set(METRIC.findall(target["expr"]))
    histograms = {f"{name}_bucket" for name, kind in named.items() if kind == "histogram"}
    assert asked <= set(named) | histograms
    assert len(dashboard["panels"]) == len({panel["id"] for panel in dashboard["panels"]})


def test_the_service_is_scraped_where_it_serves_with_its_key(repository: Path) -> None:
    scraping = yaml.safe_load((repository / "observe/prometheus.yml").read_text("utf-8"))
    compose = yaml.safe_load((repository / "docker-compose.yml").read_text("utf-8"))
    (job,) = scraping["scrape_configs"]
    ((target,),) = [config["targets"] for config in job["static_configs"]]
    service, _, port = target.partition(":")
    assert compose["services"][service]["ports"][0].endswith(f":{port}")
    (secret,) = compose["services"]["prometheus"]["secrets"]
    assert job["authorization"]["credentials_file"] == f"/run/secrets/{secret}"
