"""The nouns of the service. Frozen, slotted, free of any library.

Conventions that hold everywhere: ranks start at 1, higher scores are better, spans are
half-open character intervals ``[start, end)`` into ``Document.text``.
"""
