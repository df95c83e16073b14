"""Turn passages into an index on disk that can be searched, one generation at a time.

A generation is written whole beside the current one, checked, and then switched to; whoever has
one open keeps it. What a question is, and what makes a good answer, is left to ``rag``.
"""

from __future__ import annotations

__all__: list[str] = []
