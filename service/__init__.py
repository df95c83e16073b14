"""Serve the assistant: on the command line, over HTTP and as a page a person can read.

Everything here turns a request into a call on the assistant and its result into text or JSON. How
a passage is found, and what is quoted, is left to ``rag``.
"""

from __future__ import annotations

__all__: list[str] = []
