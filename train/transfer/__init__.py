"""Compact files that take training data to another machine and bring trained weights back.

`train.reader.portable` and `train.dual_encoder.portable` use them; begin there.
"""
