"""Makes books of any length, of which every sentence and every note is known beforehand.

The sentences are put together from phrases, by a seed: the same seed gives the same book, so that
a book can be rendered in any format and what is read can be compared with what was written.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

TITLE = "The River Towns and Their Water"
AUTHOR = "A. Pattern"

_WHO = (
    "The weir-keepers of the upper valley",
    "The council of the lower town",
    "Every miller below the second lock",
    "The tanners, who paid by the hide,",
    "The fullers’ guild",
    "Those who had bought water for three years in advance",
    "The clerk of the sluices",
    "A commission of nine householders",
    "The boatmen of the north bank",
    "Neither the dyers nor the brewers",
    "The widow’s court, as it was called,",
    "The assembly of the seven parishes",
    "Half the towns along the canal",
    "The surveyors sent from the coast",
    "The toll-farmers of that generation",
    "The monastery at the ford",
)
_DID = (
    "refused to open the gates before the hay was in",
    "kept two books, of which only one was shown",
    "measured the fall of the stream with a chain and a cask",
    "paid in kind, in coin and in promises",
    "asked for a well of their own",
    "held that water which has turned one wheel may turn another",
    "let the embankment sink by a hand’s breadth a year",
    "sold the right of passage twice over",
    "counted 340 boats in a single week",
    "sent the petition back unread",
    "burned the old tariff and swore to the new one",
    "raised the toll on salt but not on grain",
    "dug a second channel by night",
    "took the drought for a judgement and the flood for a lawsuit",
    "wrote down what the flood-marks on the church door had shown",
    "agreed to share the ice-harvest in equal parts",
)
_WHEN = (
    "in the dry summers that followed the great thaw",
    "between the first assize and the last",
    "before the bridge was rebuilt in stone",
    "after the ferrymen’s strike of 1742",
    "until the end of the lease",
    "while the lower mills stood idle",
    "as long as the frost held",
    "once the new locks had been paid for",
    "in the year of the two harvests",
    "at every Michaelmas from then on",
    "when the sea-dyke broke at the estuary",
    "for the better part of a century",
)
_WHY = (
    "for no one could prove how high the weir had stood in his father’s time",
    "because a custom that is written down is a custom half lost",
    "though the charter, such as it was, said nothing of the kind",
    "and the neighbours, who had done the same, could hardly complain",
    "which is why the accounts of these years do not balance",
    "since the price of flour moved with the level of the pond",
    "so that a dispute about a plank became a dispute about a county",
    "whatever the judges in the capital might think of it",
    "a habit that outlived the mills themselves",
    "as the dredging-rolls, read against the tithe-books, make plain",
    "but nobody was fined, and the ditch was never filled",
    "and with that the common water had become somebody’s water",
    "in which they were neither the first nor the most honest",
    "an arrangement that pleased the lawyers more than the fish",
)
_LINKS = ("", "", "", "So far as we know, ", "In the end ", "Year after year, ", "By then ")
_WORKS = (
    ("B. Sample", "The Mill Accounts of the Valley", "Northport", 1911),
    ("C. Specimen", "Weirs and Their Wardens", "Southmouth", 1934),
    ("D. Template", "A History of the Second Lock", "Northport", 1958),
    ("E. Example", "Salt, Grain and Toll", "Eastbridge", 1902),
    ("F. Placeholder", "The Law of Running Water", "Southmouth", 1887),
)
_REMARKS = (
    "The figure is that of the parish book; the town’s own reckoning is lower by a third.",
    "A cask held about 140 litres, where it held anything at all.",
    "The word is used of any gate that one person can lift.",
    "The page has been cut out, and the stub bears a later hand.",
    "He had been a miller himself, and a litigious one.",
    "On the same day the council had resolved the contrary.",
    "The drawing shows three arches; there were never more than two.",
)
_TITLES = (
    "The Fall of the Stream",
    "Wheels Below Wheels",
    "The Price of a Gate",
    "What the Ice Was Worth",
    "Salt Going Upstream",
    "The Commission of Nine",
    "A Flood and a Lawsuit",
    "The Locks and the Lease",
    "Common Water",
    "The Last of the Tolls",
)


@dataclass(frozen=True, slots=True)
class MadeNote:
    """A note, numbered from 1 in each chapter."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class MadeSentence:
    """A sentence, and the note whose mark stands behind it."""

    text: str
    note: MadeNote | None = None


@dataclass(frozen=True, slots=True)
class MadeChapter:
    """A title, and paragraphs of sentences."""

    title: str
    paragraphs: tuple[tuple[MadeSentence, ...], ...]

    @property
    def notes(self) -> list[MadeNote]:
        """The notes in order."""
        return [s.note for paragraph in self.paragraphs for s in paragraph if s.note is not None]


def chapters(count: int, *, seed: int = 0, paragraphs: int = 14) -> Iterator[MadeChapter]:
    """Give the chapters of a book, one after another.

    Args:
        count: How many chapters.
        seed: Which book.
        paragraphs: How many paragraphs a chapter has.
    """
    chance = random.Random(seed)
    for i in range(count):
        again = i // len(_TITLES)
        title = _TITLES[i % len(_TITLES)] + (f", Continued {again} Times" if again else "")
        yield _chapter(title, chance, paragraphs)


def _chapter(title: str, chance: random.Random, paragraphs: int) -> MadeChapter:
    number = 0
    made = []
    cited: tuple[str, str, str, int] | None = None
    for _ in range(paragraphs):
        sentences = []
        for _ in range(chance.randint(3, 6)):
            note = None
            if chance.random() < 0.25:
                number += 1
                text, cited = _note(chance, cited)
                note = MadeNote(number, text)
            sentences.append(MadeSentence(_sentence(chance), note))
        made.append(tuple(sentences))
    return MadeChapter(title, tuple(made))


def _sentence(chance: random.Random) -> str:
    who, did, when, why = (chance.choice(bank) for bank in (_WHO, _DID, _WHEN, _WHY))
    link = chance.choice(_LINKS)
    opening = link + (who[0].lower() + who[1:] if link else who)
    form = chance.randrange(3)
    if form == 0:
        return f"{opening} {did} {when}, {why}."
    if form == 1:
        return f"{when[0].upper()}{when[1:]}, {who[0].lower()}{who[1:]} {did}; {why}."
    return f"{opening} {did}, {why}."


def _note(
    chance: random.Random, cited: tuple[str, str, str, int] | None
) -> tuple[str, tuple[str, str, str, int] | None]:
    """Give a note's text, and the work that an ``Ibid`` in the next one would mean."""
    kind, page = chance.random(), chance.randint(2, 400)
    if cited is not None and kind < 0.3:
        return f"Ibid, p. {page}.", cited
    if kind < 0.5:
        return chance.choice(_REMARKS), None
    work = chance.choice(_WORKS)
    author, title, place, year = work
    text = f"{author}, {title} ({place}, {year}), p. {page}."
    if kind > 0.85:
        text += " " + " ".join(_sentence(chance) for _ in range(chance.randint(1, 4)))
        return text, None
    return text, work
