"""Fits how fused score, term match and reranker score are combined, and tests it on other sets.

Begin with `train.score_combination.fitting`.
"""
