"""How fast Ibid answers, starts and indexes, and how much memory that takes."""

from __future__ import annotations

__all__: list[str] = []
