"""Quantises the matrix products of an OpenVINO model to 8 bits, for `embedder_numeric_forms`.

Each row of a weight matrix has its own scale; OpenVINO quantises activations in groups at run time.
Embeddings, sums and norms are unchanged.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import openvino
from numpy.typing import NDArray
from openvino import opset13

_LARGEST: Final = 127.0


def quantise_weights(model: openvino.Model) -> openvino.Model:
    """Replaces, in place, every constant weight matrix of a product by int8 times row scales."""
    for product in model.get_ops():
        if product.get_type_name() != "MatMul":
            continue
        weights = _constant(product.input(1).get_source_output().get_node())
        if weights is None or weights.ndim != 2:
            continue
        scales = np.maximum(np.abs(weights).max(axis=1, keepdims=True) / _LARGEST, 1e-12)
        rounded = np.rint(weights / scales).astype(np.int8)
        restored = opset13.multiply(
            opset13.convert(opset13.constant(rounded, dtype=np.int8), "f32"),
            opset13.constant(scales.astype(np.float32)),
        )
        product.input(1).replace_source_output(restored.output(0))
    return model


def _constant(node: openvino.Node) -> NDArray[np.float32] | None:
    """The values behind ``node``, looking through a conversion of their type."""
    if node.get_type_name() == "Convert":
        node = node.input(0).get_source_output().get_node()
    if node.get_type_name() != "Constant":
        return None
    values: NDArray[np.float32] = node.data.astype(np.float32)
    return values
