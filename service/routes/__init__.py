"""The routes over HTTP: each turns a schema into a call, and the result into a schema."""

from __future__ import annotations

__all__: list[str] = []
