"""The parts of a search that can be left out, so that it can be measured what each one buys."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parts:
    """What takes part in a search."""

    follow_ups: bool = True
    """A follow-up is completed from the conversation."""
    spelling: bool = True
    """Misspelt words are mended."""
    abbreviations: bool = True
    """Long forms are searched for beside short ones, and short ones beside long ones."""
    subject_alone: bool = True
    """A comparison is searched for without the words that compare."""
    questions_apart: bool = True
    """Of several questions in one, each has its best passage among the first."""
    vectors: bool = True
    """Passages are found by their vectors."""
    fields: tuple[str, ...] = ("text", "section", "notes")
    """Passages are found by the words of these fields."""
    named: bool = True
    """Each author that a question names is searched apart, and for a comparison ranked apart."""
    companions: bool = True
    """A note and the passage that carries its mark are found together."""


ALL_PARTS = Parts()
