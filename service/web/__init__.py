"""Pages a person can read in a browser, written on the server and without a script."""

from __future__ import annotations

__all__: list[str] = []
