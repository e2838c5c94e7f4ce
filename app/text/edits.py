"""How far two spellings lie apart."""

from __future__ import annotations


def within_edits(left: str, right: str, most: int) -> bool:
    """Whether at most ``most`` insertions, deletions, substitutions or swaps make one the other.

    Source: F. Damerau, "A Technique for Computer Detection and Correction of Spelling Errors",
    Communications of the ACM 7, 1964 (restricted to swaps of neighbours).
    """
    rows = [list(range(len(right) + 1))]
    for i, a in enumerate(left, start=1):
        row = [i]
        for j, b in enumerate(right, start=1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return False
        rows.append(row)
    return rows[-1][-1] <= most
