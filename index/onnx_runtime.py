"""Loads onnxruntime with its telemetry switched off.

From version 1.31 on, importing it writes an identifier of the machine into the user's cache
folder, and every session that is opened is reported to its makers. Only a variable that is set
before the import keeps it from both, so everything here takes onnxruntime from this module.
"""

from __future__ import annotations

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime  # type: ignore[import-untyped]

__all__ = ["onnxruntime"]
