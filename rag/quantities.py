"""Reads the figures and dates of a text, so that two accounts of one matter can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from corpus.folding import fold_signs


class Measure(StrEnum):
    """What a figure counts, as far as its unit tells."""

    SHARE = "share"
    PEOPLE = "people"
    MONEY = "money"
    WEIGHT = "weight"
    LENGTH = "length"
    AREA = "area"
    TIME = "time"
    OTHER = "other"


_UNITS: Mapping[Measure, re.Pattern[str]] = {
    measure: re.compile(rf"(?:{words})\b", re.IGNORECASE)
    for measure, words in (
        (Measure.SHARE, r"per ?cents?|percent(?:age)?|out of every hundred|in (?:a|every) hundred"),
        (
            Measure.PEOPLE,
            r"people|persons?|men|women|members?|recruits?|workers?|peasants?|victims?|deaths?"
            r"|dead|lives|souls|killed|wounded|died|delegates?|deported|soldiers?|sailors?"
            r"|prisoners?|inhabitants?|voters?|votes?|children|rebels?|candidates?|employees|casualties"
            r"|perished",
        ),
        (
            Measure.MONEY,
            r"ro?ubles?|kope(?:ck|k)s?|dollars?|pounds? sterling|francs?|chervon\w+",
        ),
        (Measure.WEIGHT, r"tons?|tonnes?|poods?|puds?|(?:kilo)?gram(?:me)?s?|quintals?|pounds?"),
        (Measure.LENGTH, r"miles?|versts?|kilomet(?:re|er)s?|met(?:re|er)s?|feet"),
        (Measure.AREA, r"acres?|hectares?|dess?iatin\w*"),
        (Measure.TIME, r"years?|months?|weeks?|days?|hours?|minutes?"),
    )
}

_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
_ONES += " fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORDS: Mapping[str, float] = {
    **{word: float(i) for i, word in enumerate(_ONES.split())},
    **{word: float(20 + 10 * i) for i, word in enumerate(_TENS.split())},
}
_SCALES: Mapping[str, float] = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_PARTS: Mapping[str, float] = {
    "half": 1 / 2,
    "third": 1 / 3,
    "quarter": 1 / 4,
    "fourth": 1 / 4,
    "fifth": 1 / 5,
    "sixth": 1 / 6,
    "seventh": 1 / 7,
    "eighth": 1 / 8,
    "ninth": 1 / 9,
    "tenth": 1 / 10,
}
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
    " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_MONTHS = (
    "january february march april may june july august september october november december".split()
)

_NUMBER_WORD = rf"(?:{'|'.join([*_WORDS, *_SCALES])})"
_FIGURE = re.compile(
    rf"(?<![\w.,/-])(?:(?P<digits>\d[\d,]*(?:\.\d+)?)(?:[ -](?P<scale>hundred|thousand|million"
    rf"|billion))?|(?P<words>{_NUMBER_WORD}(?:(?:-|\s+|\s+and\s+){_NUMBER_WORD})*))"
    rf"(?P<percent>\s?%)?(?:[\s-]+(?P<part>{'|'.join(_PARTS)}|halve)s?)?(?![\w/-]|\.\d)",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:about|some|around|roughly|nearly|almost|over|approximately|more than|less than|under"
    r"|at least|at most|up to|estimated|circa|perhaps|or so)\W+$",
    re.IGNORECASE,
)
_LARGEST_YEAR = 2100
_SMALLEST_YEAR = 1500
_UNIT_WORDS = 5
_HEDGE_CHARS = 24

_DAY = rf"(?P<{{}}>\d{{{{1,2}}}}(?:st|nd|rd|th)?|(?:twenty-|thirty-)?(?:{'|'.join(_ORDINALS)}))"
_MONTH = "|".join(_MONTHS)
_DATE = re.compile(
    rf"(?:{_DAY.format('before')}\s+(?:of\s+)?)?\b(?P<month>{_MONTH})\b"
    rf"(?:\s+{_DAY.format('after')}(?!\d))?(?:,?\s+(?:of\s+)?(?P<year>1[5-9]\d\d|20\d\d))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text, with what it counts."""

    value: float
    """A share is a part of one: 0.25 for 'a quarter' and for '25 per cent'."""
    measure: Measure
    is_hedged: bool
    """Whether 'about', 'some' or 'nearly' stands before it."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Date:
    """A date in a text; what it does not say is None."""

    day: int | None
    month: int
    year: int | None
    start: int
    end: int


def measure_asked(question: str) -> Measure | None:
    """Tell what a question wants counted; None where it does not say."""
    found = [
        (match.start(), measure)
        for measure, unit in _UNITS.items()
        if (match := re.search(rf"\b{unit.pattern}", question, re.IGNORECASE))
    ]
    if re.search(r"\b(?:share|proportion) of\b", question, re.IGNORECASE):
        return Measure.SHARE
    return min(found)[1] if found else None


def figures_in(text: str) -> list[Figure]:
    """Give the figures of a text, in order; years and dates are none."""
    folded = fold_signs(text)
    taken = [(date.start, date.end) for date in dates_in(text)]
    return [
        figure
        for figure in _figures(folded)
        if not any(low < figure.end and figure.start < high for low, high in taken)
    ]


def _figures(text: str) -> Iterator[Figure]:
    for match in _FIGURE.finditer(text):
        value = _value(match)
        part = (match["part"] or "").lower()
        if value is None or (not part and not match["percent"] and _is_year(match, value)):
            continue
        measure = Measure.SHARE if part or match["percent"] else _measure(text[match.end() :])
        if part:
            value *= _PARTS.get(part, _PARTS["half"])
        elif measure is Measure.SHARE:
            value /= 100
        before = text[max(0, match.start() - _HEDGE_CHARS) : match.start()]
        yield Figure(value, measure, bool(_HEDGE.search(before)), *match.span())


def _value(match: re.Match[str]) -> float | None:
    if match["digits"]:
        number = float(match["digits"].replace(",", ""))
        return number * _SCALES.get((match["scale"] or "").lower(), 1.0)
    return _spelt_out(re.findall(r"[a-z]+", match["words"].lower()))


def _spelt_out(words: Sequence[str]) -> float | None:
    """Give what number words say; None for a scale alone, as in 'hundreds'."""
    total, group, seen = 0.0, 0.0, False
    for word in words:
        if word in _WORDS:
            group, seen = group + _WORDS[word], True
        elif word == "hundred":
            group = max(group, 1.0) * _SCALES[word]
        elif word in _SCALES:
            total, group = total + max(group, 1.0) * _SCALES[word], 0.0
    return total + group if seen else None


def _is_year(match: re.Match[str], value: float) -> bool:
    bare = match["digits"] is not None and match["scale"] is None and "," not in match["digits"]
    return bare and value.is_integer() and _SMALLEST_YEAR <= value <= _LARGEST_YEAR


def _measure(following: str) -> Measure:
    """Tell what a number counts by the few words behind it, up to the next sign."""
    near = re.match(rf"(?:[\s-]+[\w'-]+){{0,{_UNIT_WORDS}}}", following)
    for word in re.finditer(r"\S+", near[0] if near else ""):
        for measure, unit in _UNITS.items():
            if unit.match(following, word.start()):
                return measure
    return Measure.OTHER


def dates_in(text: str) -> list[Date]:
    """Give the dates of a text that name a month, in order."""
    folded = fold_signs(text)
    found = []
    for match in _DATE.finditer(folded):
        if match["month"].islower() or (match["month"] == "May" and not _has_number(match)):
            continue
        day = _day(match["before"] or match["after"])
        year = int(match["year"]) if match["year"] else None
        month = _MONTHS.index(match["month"].lower()) + 1
        found.append(Date(day, month, year, *match.span()))
    return found


def _has_number(match: re.Match[str]) -> bool:
    return bool(match["before"] or match["after"] or match["year"])


def _day(word: str | None) -> int | None:
    if word is None:
        return None
    if word[0].isdigit():
        return int(re.match(r"\d+", word)[0])  # type: ignore[index]
    tens, _, ones = word.lower().rpartition("-")
    return _ORDINALS.index(ones) + 1 + {"": 0, "twenty": 20, "thirty": 30}[tens]
