"""Prints three questions for a library that nobody has asked yet, made from its own headings.

Run as ``python scripts/questions.py STORE``.
"""

from __future__ import annotations

import re
import sys
from itertools import chain, zip_longest
from pathlib import Path

from corpus.document import Kind
from index.documents import DocumentStore
from index.generation import Store
from index.stored_document import StoredDocument

WANTED = 3

_NUMBERING = re.compile(
    r"^(?:(?:chapter|part)\b\W*)?(?:(?:\d+|[ivxl]+)\b[.:)]?\s+)?", re.IGNORECASE
)
_LONGEST_WORDS = 12


def main(store: str) -> None:
    """Print one question a line."""
    with Store(Path(store)).open() as index:
        sys.stdout.write("".join(f"{question}\n" for question in questions(index.documents)))


def questions(documents: DocumentStore) -> list[str]:
    """Ask after the longest sections, of as many documents as there are."""
    summaries = documents.catalogue()
    found = [headings(documents.document(summary.id)) for summary in summaries]
    in_turn = [heading for heading in chain(*zip_longest(*found)) if heading is not None]
    subjects = [*in_turn, *(summary.title for summary in summaries)]
    return [f"What is said about {subject}?" for subject in dict.fromkeys(subjects)][:WANTED]


def headings(document: StoredDocument) -> list[str]:
    """Give the headings of the body, that of the longest section first, without their numbers."""
    body = [s for s in document.sections if s.kind is Kind.BODY and len(s.path) > 1]
    longest = sorted(body, key=lambda section: section.start - section.end)
    # Without the signs that a shell would want to have its say about.
    plain = [re.sub(r"[\"`$\\]", "", section.path[-1]) for section in longest]
    bare = [_NUMBERING.sub("", heading).strip() for heading in plain]
    return [heading for heading in bare if 1 < len(heading.split()) <= _LONGEST_WORDS]


if __name__ == "__main__":
    main(*sys.argv[1:])
