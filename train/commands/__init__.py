"""The commands of ``rag train``, one module each."""
