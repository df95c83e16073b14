"""The commands of ``ibid``: each parses, calls the library and prints the result.

What is heavy is imported inside the command that needs it, so that help and the other commands
start without it.
"""

from __future__ import annotations

__all__: list[str] = []
