"""A summary of a synthesis as text."""

from __future__ import annotations

from collections import Counter

from eval.synthesis.question import LANGUAGES, Kind
from eval.synthesis.synthesize import Synthesis


def summary(synthesis: Synthesis) -> str:
    """Counts by kind and language, and what was removed and why; without a final line feed."""
    asked = len(synthesis.questions)
    documents = len({question.document_id for question in synthesis.questions})
    counts = Counter((question.kind, question.lang) for question in synthesis.questions)
    lines = [
        f"{asked} synthetic questions about {documents:,} documents.",
        f"{synthesis.proposed:,} were proposed; {synthesis.chunks:,} chunks were read.",
        "",
        f"{'kind':<12}" + "".join(f"{lang:>6}" for lang in LANGUAGES),
    ]
    for kind in Kind:
        cells = [counts[kind, lang] for lang in LANGUAGES]
        if any(cells):
            lines.append(f"{kind.value:<12}" + "".join(f"{cell:>6}" for cell in cells))
    if synthesis.removed:
        lines += ["", "removed"]
        lines += [f"{count:>6}  {reason.value}" for reason, count in synthesis.removed.items()]
    if asked < synthesis.settings.limit:
        lines += ["", f"No more could be made: {synthesis.settings.limit} were wanted."]
    return "\n".join(lines)
