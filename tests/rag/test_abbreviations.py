"""Abbreviations are known from the tables of the library, both ways."""

import pytest

from rag.abbreviations import Abbreviations

TABLE = [
    ("GLK", "Grain and Lumber Committee"),
    ("Kolmel(y)", "Collective Mill(s)"),
    ("GLK", "General Lime Kiln"),
    ("AB CD", "Two rows that the scan ran together"),
    ("Rad", "Radical"),
]


@pytest.mark.parametrize(
    ("text", "counterparts"),
    [
        ("Who led the GLK?", ("Grain and Lumber Committee", "General Lime Kiln")),
        ("who led the glk", ("Grain and Lumber Committee", "General Lime Kiln")),
        ("Who led the grain and lumber committee?", ("GLK",)),
        ("How many sacks did a kolmel grind?", ("Collective Mill",)),
        ("Who was AB?", ()),
        ("Who was a radical?", ()),
    ],
    ids=["short", "lower-case", "long", "plural-left-off", "two-rows", "one-word"],
)
def test_a_form_leads_to_the_other(text: str, counterparts: tuple[str, ...]) -> None:
    assert Abbreviations(TABLE).counterparts(text) == counterparts
