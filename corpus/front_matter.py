"""Writes what a file says about itself so that the reader of plain texts finds it."""

from __future__ import annotations


def front_matter(title: str, authors: str) -> str:
    """Write what a file says about itself as the lines that a title is read from."""
    lines = [f"**Title:** {title}" if title else "", f"**Author:** {authors}" if authors else ""]
    return "\n".join(filter(None, lines))
