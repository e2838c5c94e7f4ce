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


def one_edit_away(word: str, letters: str) -> list[str]:
    """What one insertion, deletion, substitution or swap makes of ``word``, each once.

    Swaps stand first, then deletions, substitutions and insertions, each from left to right.
    """
    parts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    swapped = [left + right[1] + right[0] + right[2:] for left, right in parts if len(right) > 1]
    shorter = [left + right[1:] for left, right in parts if right]
    other = [left + letter + right[1:] for left, right in parts if right for letter in letters]
    longer = [left + letter + right for left, right in parts for letter in letters]
    found = dict.fromkeys((*swapped, *shorter, *other, *longer))
    found.pop(word, None)
    return list(found)
