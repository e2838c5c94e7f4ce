"""How much a term tells: the fewer texts hold it, the more."""

from __future__ import annotations

import math


def inverse_document_frequency(holding: int, texts: int) -> float:
    """Lucene's BM25 form, ln(1 + (N − n + ½) / (n + ½)), for N texts of which n hold the term."""
    return math.log1p((texts - holding + 0.5) / (holding + 0.5))
