"""Writes where a quotation stands: shortly beside it, and in full as a note of a book would.

The full form follows the Chicago Manual of Style, notes and bibliography, as far as the facts are
known: place and publisher are not, and what is not known is said to be so and never made up.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer import DocumentReference
from rag.question import surname

LONGEST_SHORT_TITLE = 60
_LONGEST_HEADING = 40


def short_title(title: str) -> str:
    """Give the part of a title that a reader knows the book by: what stands before its subtitle."""
    short = title.split(":")[0]
    head = short.split(",")[0]
    # One word before a comma is the first of a list, as in "Lenin, Trotsky", and no title.
    if " " in head:
        short = head
    if len(short) > LONGEST_SHORT_TITLE:
        short = short[:LONGEST_SHORT_TITLE].rsplit(" ", 1)[0] + " …"
    return short.strip() or title


def short_name(document: DocumentReference) -> str:
    """Give what a document is called in passing: its author's last name, else its title."""
    return surname(document.author) if document.author else short_title(document.title)


def short_place(
    document: DocumentReference,
    page: str | None,
    section: Sequence[str],
    markers: Sequence[str],
    *,
    author: bool = True,
) -> str:
    """Write where a quotation stands, as it is set beside it.

    Args:
        document: Where it stands.
        page: The printed page, where it is known.
        section: Its headings, outermost first; the last one stands in for an unknown page.
        markers: The numbers of the notes that it is taken from; none for the body.
        author: Whether to name the author, who may have been named already.

    Returns:
        Such as ``Miller, Bread and Salt, p. 12`` or ``Miller, Bread and Salt, note 7``.
    """
    parts = [surname(document.author)] if author and document.author else []
    parts.append(short_title(document.title))
    if markers:
        parts.append(f"note {', '.join(markers)}")
    elif page is not None:
        parts.append(f"p. {page}")
    elif section and len(section[-1]) <= _LONGEST_HEADING:
        parts.append(f"“{section[-1]}”")
    return ", ".join(parts)


def full_reference(
    document: DocumentReference, page: str | None, section: Sequence[str], markers: Sequence[str]
) -> str:
    """Write a full reference, as the first note of a book to cite the work would have it.

    Args:
        document: Where the quotation stands.
        page: The printed page, where it is known.
        section: Its headings, outermost first; named where the page is not known.
        markers: The numbers of the notes that it is taken from; none for the body.

    Returns:
        Such as ``Anna Miller, Bread and Salt: A History (1990), 12.``; an unknown year is
        ``n.d.``, an unknown author is left out.
    """
    named = f"{document.author}, {document.title}" if document.author else document.title
    year = str(document.year) if document.year is not None else "n.d."
    place = [page] if page is not None else []
    if page is None and section:
        place.append(f"under “{section[-1]}”")
    if markers:
        place.append(f"{'nn' if len(markers) > 1 else 'n'}. {', '.join(markers)}")
    return ", ".join([f"{named} ({year})", *(place or ["unpaginated"])]) + "."
