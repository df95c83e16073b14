"""Marks a page that was scanned twice, so that the worse reading never wins over the better one."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence

from corpus.document import Kind
from corpus.layout import Draft
from corpus.special_sections import PARAGRAPH_CHARS

_OVERLAP = 0.65
_REACH = 8
_LAST_LATIN = 0x2FF
# In sound prose hardly three words in a row come twice within a paragraph.
_DISTINCT_SHARE = 0.9


def mark_damaged(drafts: Sequence[Draft]) -> None:
    """Mark the worse of two neighbouring paragraphs that hold the same words.

    A page that was scanned twice, once upside down, leaves such a pair.
    """
    near: deque[tuple[Draft, set[int]]] = deque(maxlen=_REACH - 1)
    for draft in drafts:
        if not draft.is_text or len(draft.text) <= PARAGRAPH_CHARS:
            continue
        shingles = _shingles(draft.text)
        for above, others in near:
            # Parallel periods share words too; a page that was scanned twice shares its length.
            if len(others & shingles) > _OVERLAP * max(len(others), len(shingles)):
                worse = above if _soundness(above.text) < _soundness(draft.text) else draft
                if _is_unsound(worse.text):
                    worse.kind = Kind.DAMAGED
        near.append((draft, shingles))


def _shingles(text: str) -> set[int]:
    """Give the runs of three words, each as its hash: what is compared is how many are shared."""
    found = re.findall(r"\w+", text.lower())
    return {hash(run) for run in zip(found, found[1:], found[2:], strict=False)}


def _soundness(text: str) -> tuple[bool, bool, float]:
    """Rank readings of one page: in one script, opening like a paragraph, not repetitive."""
    latin = not any(c.isalpha() and ord(c) > _LAST_LATIN for c in text)
    found = re.findall(r"\w+", text.lower())
    distinct = len(_shingles(text)) / max(1, len(found) - 2)
    return latin, text[:1].isupper(), distinct


def _is_unsound(text: str) -> bool:
    latin, opens_well, distinct = _soundness(text)
    return not (latin and opens_well) or distinct < _DISTINCT_SHARE
