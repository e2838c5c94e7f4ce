"""Offline evaluation of retrieval, answers and chunking, and tuning of retrieval settings.

Begin with `eval.commands.group`, which lists the commands of ``rag eval``.
"""
