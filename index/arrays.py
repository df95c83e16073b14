"""The array types of the package, named once.

The letters in shapes are the same everywhere: n texts or passages, d dimensions, q queries,
k results, t tokens.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.int8]
Ints = npt.NDArray[np.int32]
Rows = npt.NDArray[np.int64]


def unit_rows(vectors: Floats) -> Floats:
    """Give the rows of a matrix at unit length; a row of zeros stays as it is.

    Args:
        vectors: (n, d) float32.
    """
    lengths: Floats = np.linalg.norm(vectors, axis=-1, keepdims=True)
    lengths[lengths == 0] = 1
    return vectors / lengths
