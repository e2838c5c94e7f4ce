"""Training of rerankers, readers and embedders, and of the weights that combine their scores.

Begin with `train.commands.group`, which lists the commands of ``rag train``.
"""
