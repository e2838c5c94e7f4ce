"""A dual encoder's card: what it learned from, how, and what it scores with each share of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

_MEASURES: Final = ("hit@1", "mrr@10")


def write_card(
    facts: Mapping[str, Any],
    *,
    share: float,
    base: str,
    sources: Counter[str],
    licence: str,
    licences: Mapping[str, str],
    words: str,
) -> str:
    """Markdown.

    Args:
        facts: What the run wrote into ``log.json``.
        share: The share of what was trained that the model has.
        base: What it started from.
        sources: Questions by where they come from.
        licence: Of the weights.
        licences: Of each source.
        words: How the share was chosen, and what else a reader of the card should know.
    """
    run = facts["run"]
    rows = [f"| {n} | {sources[n]:,} | {licences.get(n, 'not stated')} |" for n in sorted(sources)]
    return "\n".join(
        (
            "# An embedder trained with Attest",
            "",
            f"{share:.0%} of the way from {base} to what it became in {run['minutes']:g} minutes",
            f"on {facts['device']}: {facts['steps']:,} steps, {facts['questions']:,} questions of",
            f"the {facts['of']:,} below, in random order.",
            "",
            f"Licence of the weights: {licence}.",
            "",
            "## Data",
            "",
            "| source | questions | licence |",
            "|---|---|---|",
            *rows,
            "",
            *(_scores(facts["judged"], words) if facts["judged"] else ()),
            "## Settings",
            "",
            *(f"- {name}: {value}" for name, value in run.items()),
            "",
        )
    )


def _scores(judged: Mapping[str, Mapping[str, Mapping[str, float]]], words: str) -> list[str]:
    tables = [line for measure in _MEASURES for line in _table(judged, measure)]
    return ["## Scores", "", words, "", *tables]


def _table(judged: Mapping[str, Mapping[str, Mapping[str, float]]], measure: str) -> list[str]:
    shares = list(judged)
    sets = list(judged[shares[0]])
    lines = [
        f"| {measure}, by share | {' | '.join(shares)} |",
        f"|---|{'---|' * len(shares)}",
        *(
            f"| {name} | {' | '.join(f'{judged[share][name][measure]:.3f}' for share in shares)} |"
            for name in sets
        ),
    ]
    means = [sum(judged[s][name][measure] for name in sets) / len(sets) for s in shares]
    return [*lines, f"| mean | {' | '.join(f'{mean:.3f}' for mean in means)} |", ""]
