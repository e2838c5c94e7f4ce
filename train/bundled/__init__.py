"""Training data of the bundled models, made from public data sets and from written documents.

Begin with `train.bundled.reader_groups` for the reader and `train.bundled.reranker_pairs` for the
reranker; ``make reader`` and ``make reranker`` run them.
"""
