"""Training pairs and the hard negatives that recall finds for them.

Begin with `train.mining.hard_negatives`.
"""
