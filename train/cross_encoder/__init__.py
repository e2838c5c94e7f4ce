"""Training of cross-encoders as rerankers. Begin with `train.cross_encoder.reranker`."""
