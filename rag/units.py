"""Tells what a number must be counted in to answer a question, and whether a text has such a one.

A reader paraphrases nouns and verbs, but hardly ever a unit: where 'how many grams' is asked and
no number of grams stands in the passages, the answer does not either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_FRACTIONS = r"%|per ?cents?|percentage|hal(?:f|ves)|thirds?|quarters?|fifths?|tenths?|in a hundred"

# What stands behind the number, by how the unit is asked for.
UNITS: Mapping[str, str] = {
    r"(?:rate of interest|interest rate)": r"%|per ?cents?",
    r"(?:per ?cents?|percentage|what (?:share|proportion)|share of)": _FRACTIONS,
    r"(?:how (?:many|much)|in) (?:\w+ )?(?:kilo)?gram(?:me)?s?": r"(?:kilo)?gram(?:me)?s?|kg|g",
    r"(?:how (?:many|much)|in) (?:\w+ )?(?:kilo|mega)?watts?": r"(?:kilo|mega)?watts?|[kM]W",
    r"(?:how (?:many|much)|in) (?:\w+ )?(?:ro?ubles?|kopeks?)": r"(?:gold )?ro?ubles?|kopeks?",
    r"(?:how (?:many|much)|in) (?:\w+ )?(?:dollars?|cents?)": r"dollars?|cents?",
    r"(?:how (?:many|much)|in) (?:\w+ )?pounds?": r"pounds?|sterling|lbs?",
    r"how many (?:\w+ )?(?:miles?|versts?|leagues?)": r"miles?|versts?|leagues?",
    r"how many (?:\w+ )?kilomet(?:re|er)s?": r"kilomet(?:re|er)s?|km",
    r"how many (?:\w+ )?tons?": r"(?:metric )?ton(?:ne)?s?",
    r"how many (?:\w+ )?(?:poods?|puds?)": r"poods?|puds?",
    r"how many (?:\w+ )?(?:hectares?|acres?)": r"hectares?|acres?|dess?iatin\w*",
    r"how many (?:\w+ )?(?:days?|weeks?|months?|hours?|minutes?)": (
        r"days?|weeks?|fortnights?|months?|hours?|minutes?"
    ),
}
_NUMBER = (
    r"(?:\d[\d.,]*|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen"
    r"|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|a|an))"
)
# Up to three words may stand between: '40 to 50 per cent', '300 million poods of grain'.
_GAP = r"(?:[\s-]+\w+){0,3}?[\s-]*"


def units_asked(question: str) -> tuple[str, ...]:
    """Give the patterns of the units that a question asks a number in."""
    return tuple(
        unit for asked, unit in UNITS.items() if re.search(rf"\b{asked}\b", question, re.IGNORECASE)
    )


def has_number_in(texts: Sequence[str], units: Sequence[str]) -> bool:
    """Whether a number in one of some units stands in one of the texts."""
    patterns = [re.compile(rf"{_NUMBER}{_GAP}(?:{unit})(?!\w)", re.IGNORECASE) for unit in units]
    return any(pattern.search(text) for pattern in patterns for text in texts)
