"""From text to terms: normalisation, language, segmentation, sentences."""
