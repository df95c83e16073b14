"""Loads onnxruntime with its telemetry switched off, and opens models with it.

From version 1.31 on, importing it writes an identifier of the machine into the user's cache
folder, and every session that is opened is reported to its makers. Only a variable that is set
before the import keeps it from both, so everything here takes onnxruntime from this module.
"""

from __future__ import annotations

import os
from pathlib import Path

from index.errors import DamagedStore

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime  # type: ignore[import-untyped]

__all__ = ["onnxruntime", "open_session"]

THREADS = 2


def open_session(path: Path) -> onnxruntime.InferenceSession:
    """Open an exported model.

    Raises:
        DamagedStore: If the file is missing or is no such model.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.inter_op_num_threads = 1
    # Threads that wait in a loop for more to do take the processor from whoever else needs it: with
    # others at work on the same 2 cores, encoding is half as fast again without.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # 3 is errors only: a warning on the way to an answer helps no reader.
    options.log_severity_level = 3
    # onnxruntime's own errors share no base class below Exception.
    try:
        return onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])
    except Exception as error:
        raise DamagedStore(path, f"no model ({error})", "an exported model") from error
