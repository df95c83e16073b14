"""What every request passes through, before it reaches a route and on the way back."""

from __future__ import annotations

__all__: list[str] = []
