"""What the service asks of its parts: one small interface a part, which adapters implement.

Adapters live in ``app/models`` and ``app/stores``; deterministic ones for tests in ``app/fakes``.
What every adapter must do is written as tests in ``app/conformance``. Every method may be called
from several threads at once.
"""
