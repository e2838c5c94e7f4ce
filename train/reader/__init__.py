"""Training of readers, which estimate whether a statement answers a question.

Begin with `train.reader.training_data` for the data and `train.reader.training` for the loop.
"""
