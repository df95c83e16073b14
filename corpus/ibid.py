"""Tells what ``Ibid``, ``op. cit.`` and a short title refer to.

A chain of ``Ibid`` is followed note by note within a chapter; a short title is looked up among
the works cited in full before it, then in the bibliography. Where two works would do, nothing is
said.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import lru_cache

from corpus.citations import Citation, Form, Locator, Work, read_citations
from corpus.folding import fold

_ARTICLES = frozenset("the a an der die das le la les".split())
_SAME_AUTHOR = ("idem", "id", "eadem")
_LONG_WORD = 6
_LIKE = 0.9
_FEW_WORDS, _MOST_WORDS = 2, 16
# More than any one book cites in full; without an end the time would grow with their square.
_REMEMBERED = 1500
_EXACT, _OPENING, _WITHIN, _SCATTERED = 4, 3, 2, 1


@dataclass(frozen=True, slots=True)
class NoteText:
    """A note as the chain sees it."""

    text: str
    run: int
    """Which run of numbers it belongs to; a chain never crosses from one to another."""
    number: int | None = None


@dataclass(frozen=True, slots=True)
class _Cited:
    """A work as some note cited it."""

    work: Work
    volume: str
    place: str
    locator: Locator
    pointed_back: bool


def resolve(notes: Sequence[NoteText], bibliography: Sequence[Work] = ()) -> list[str | None]:
    """Give for every note the works it refers to without naming them in full.

    Args:
        notes: In order.
        bibliography: The works that the book's own bibliography lists.

    Returns:
        For every note the full citation that its ``Ibid`` or short title stands for, several
        parted by semicolons, or None where it is a full citation, a remark, or not certain.
    """
    known = _KnownWorks(list(bibliography))
    resolved: list[str | None] = []
    last: list[_Cited] = []
    before: NoteText | None = None
    for note in notes:
        if before is not None and not _goes_on(before, note, last):
            last = []
        chain = _Chain(known, last)
        found = [chain.follow(citation) for citation in read_citations(note.text)]
        last = chain.here
        before = note
        resolved.append("; ".join(dict.fromkeys(work for work in found if work)) or None)
    return resolved


def _goes_on(before: NoteText, note: NoteText, last: Sequence[_Cited]) -> bool:
    """Whether a chain holds from one note to the next.

    Across a note that is lost it holds only where it ran on already.
    """
    if before.run != note.run:
        return False
    if before.number is None or note.number is None or note.number - before.number <= 1:
        return True
    return bool(last) and all(cited.pointed_back for cited in last)


@dataclass(slots=True)
class _Chain:
    """What the citations of one note refer to."""

    known: _KnownWorks
    before: Sequence[_Cited]
    """The works of the note before."""
    here: list[_Cited] = field(default_factory=list)
    """The works of this note so far."""

    def follow(self, citation: Citation) -> str | None:
        """Give the work that a citation stands for, None where it names it in full."""
        if citation.form in (Form.IBID, Form.SAME):
            return self._follow_back(citation)
        if citation.form is Form.AUTHOR:
            work = self.known.last_of(citation.work)
            return self._settle(citation, work, pointed_back=False) if work else None
        if citation.form is Form.PLACE:
            return self._follow_place(citation)
        return self._follow_name(citation)

    def _follow_back(self, citation: Citation) -> str | None:
        cited = self._named_last(citation)
        if cited is None:
            self.here.clear()
            return None
        volume = citation.volume or cited.volume
        place, locator = citation.place, citation.locator
        if not place and not citation.volume:
            place, locator = cited.place, cited.locator
        self.here.append(_Cited(cited.work, volume, place, locator or cited.locator, True))
        if citation.form is Form.SAME:
            return None
        shown = place if not citation.place and not citation.volume else ""
        return cited.work.describe(volume, shown)

    def _named_last(self, citation: Citation) -> _Cited | None:
        """Give the work named last, of several the last that has such a place."""
        choice = self.here or self.before
        if len({cited.work for cited in choice}) < 2:
            return choice[-1] if choice else None
        if not citation.place:
            return None
        fitting = [cited for cited in choice if cited.locator is citation.locator]
        return fitting[-1] if fitting else None

    def _follow_place(self, citation: Citation) -> str | None:
        """Follow ``loc. cit.`` to the issue or the book that was cited before."""
        named = citation.work
        container = self.known.container(named.container or named.title)
        if container and named.container:
            work = replace(named, container=container)
            return self._settle(citation, work, pointed_back=False)
        if named.title:
            return self._follow_name(replace(citation, form=Form.NAMED))
        return self._follow_back(citation)

    def _follow_name(self, citation: Citation) -> str | None:
        named = self._by_the_same(citation.work)
        citation = replace(citation, work=named)
        if citation.is_full:
            self._settle(citation, self.known.add(named, citation.volume), pointed_back=False)
            return None
        work = self._look_up(citation)
        if work is None:
            self._settle(citation, named, pointed_back=False)
            return None
        said = self._settle(citation, work, pointed_back=False)
        self.known.note_volume(work, citation.volume)
        return said

    def _by_the_same(self, named: Work) -> Work:
        """Put the author named last where a citation says ``Idem``."""
        last = self.here or self.before
        if fold(named.author).rstrip(".") in _SAME_AUTHOR and last:
            return replace(named, author=last[-1].work.author)
        return named

    def _look_up(self, citation: Citation) -> Work | None:
        named = citation.work
        if not named.author and self.here:
            by_same = replace(named, author=self.here[-1].work.author)
            if by_same.author and (work := self.known.find(by_same, citation.volume)):
                return work
        return self.known.find(named, citation.volume)

    def _settle(self, citation: Citation, work: Work, *, pointed_back: bool) -> str:
        self.here.append(
            _Cited(work, citation.volume, citation.place, citation.locator, pointed_back)
        )
        return work.describe(citation.volume)


@dataclass(slots=True)
class _KnownWorks:
    """The works that have been cited in full so far, and those of the bibliography."""

    bibliography: list[Work]
    cited: deque[Work] = field(default_factory=deque)
    """The works cited in full, the last ones of a long series of books."""
    by_surname: dict[str, list[Work]] = field(default_factory=dict)
    volumes: dict[Work, set[str]] = field(default_factory=dict)
    """Which volumes of every work have been cited."""
    surnames: set[str] = field(init=False)
    names: dict[str, str] = field(init=False)
    """How every author's name is spelt, by its folded form."""

    def __post_init__(self) -> None:
        self.names = {fold(work.author): work.author for work in self.bibliography}
        self.surnames = {work.surname for work in self.bibliography}

    def add(self, work: Work, volume: str) -> Work:
        """Keep a work cited in full, under its longer title where it has been cited before."""
        work = self._without_speaker(replace(work, author=self._spelt(work.author)))
        longer = self._best(work, self._by(work))
        if longer is not None and len(longer.title) > len(work.title) and not work.container:
            work = replace(work, title=longer.title)
        if work not in self.volumes:
            self._forget_the_first()
            self.cited.append(work)
            self.surnames.add(work.surname)
            self.by_surname.setdefault(work.surname, []).append(work)
            self.volumes[work] = set()
        self.note_volume(work, volume)
        return work

    def _forget_the_first(self) -> None:
        """Let go of what was cited so long ago that no short title means it any more."""
        if len(self.cited) < _REMEMBERED:
            return
        work = self.cited.popleft()
        self.by_surname[work.surname].remove(work)
        if not self.by_surname[work.surname]:
            del self.by_surname[work.surname]
        del self.volumes[work]

    def _spelt(self, author: str) -> str:
        """Give a name as it was spelt first, so that no misread accent is passed on."""
        return self.names.setdefault(fold(author), author) if author else ""

    def _without_speaker(self, work: Work) -> Work:
        """Tell ``Rykov in Vos'moi S'ezd``, where he spoke, from ``Socialism in One Country``."""
        match = None if work.author else re.match(r"(\S+) in (?=[A-Z])", work.title)
        if match is None or fold(match.group(1)) not in self.surnames:
            return work
        return replace(work, title=work.title[match.end() :])

    def note_volume(self, work: Work, volume: str) -> None:
        """Remember which volumes were cited in which edition."""
        if volume:
            self.volumes.setdefault(work, set()).add(volume.split(",")[0])

    def _by(self, named: Work) -> Iterable[Work]:
        """Give the works cited so far that can be by the author named, all where none is."""
        if not named.surname:
            return self.cited
        near = [name for name in self.by_surname if _alike(named.surname, name)]
        return [work for name in near for work in self.by_surname[name]]

    def find(self, named: Work, volume: str) -> Work | None:
        """Give the one work that a short title can mean."""
        if named.container and not named.title.startswith(("'", '"', "‘", "“")):
            return self._in_issue(named)
        if named.container.startswith("in "):
            return self._in_collection(named)
        return self._best(named, self._by(named), volume) or self._best(
            named, self.bibliography, volume
        )

    def _in_issue(self, named: Work) -> Work | None:
        """Find the article that an author has in one issue of a periodical."""
        issue = _issue_key(named.container)
        found = {
            work
            for work in self.cited
            if work.container
            and _issue_key(work.container) == issue
            and work.surname == named.surname
        }
        return found.pop() if len(found) == 1 else None

    def _in_collection(self, named: Work) -> Work | None:
        title = named.container.removeprefix("in ")
        works = (*self.cited, *self.bibliography)
        collection = self._best(Work("", title), [w for w in works if not w.container])
        if collection is None:
            return None
        return replace(named, container=f"in {collection.title}", imprint=collection.imprint)

    def last_of(self, named: Work) -> Work | None:
        """Give the work of an author that was cited last."""
        name = Work(named.author or named.title, "").surname
        return next((work for work in reversed(self.cited) if name and work.surname == name), None)

    def container(self, name: str) -> str | None:
        """Give the issue of a periodical that was cited last."""
        key = fold(name)
        issues = [work.container for work in self.cited if work.container]
        return next(
            (issue for issue in reversed(issues) if key and fold(issue).startswith(key)), ""
        )

    def _best(self, named: Work, works: Iterable[Work], volume: str = "") -> Work | None:
        ranked: dict[int, list[Work]] = {}
        for work in works:
            likeness = _likeness(named, work)
            if likeness:
                ranked.setdefault(likeness, []).append(work)
        if not ranked:
            return None
        best = ranked[max(ranked)]
        if len({tuple(_words(work.title)) for work in best}) > 1:
            return None
        wanted = volume.split(",")[0]
        with_volume = [work for work in best if wanted in self.volumes.get(work, ())]
        return (with_volume or best)[-1]


def _issue_key(container: str) -> tuple[str, str]:
    year = re.findall(r"\d{4}", container)
    return fold(container.split("(")[0]).strip(" ,"), year[-1] if year else ""


@lru_cache(maxsize=4096)
def _words(title: str) -> Sequence[str]:
    found = re.findall(r"[\w'’]+", title)
    while found and found[0].lower() in _ARTICLES:
        found = found[1:]
    return found


def _likeness(named: Work, work: Work) -> int:
    """Tell how well a short title fits a full one; 0 where it does not."""
    if named.surname and not _alike(named.surname, work.surname):
        return 0
    if (named.title[:1] in "'\"‘“") != (work.title[:1] in "'\"‘“"):
        return 0
    short, full = _words(named.title), _words(work.title)
    if not short or (not named.author and len(short) < _FEW_WORDS):
        return 0
    fit = _fit(short, full)
    if not fit or (work.author and not named.author and fit < _OPENING):
        return 0
    letters = {fold(word) for word in full}
    misread = sum(fold(word) not in letters and not word.isupper() for word in short)
    return fit * _MOST_WORDS - min(misread, _MOST_WORDS - 1)


def _fit(short: Sequence[str], full: Sequence[str]) -> int:
    if len(short) == len(full) and _matched(short, full) == len(full):
        return _EXACT
    if _matched(short, full):
        return _OPENING
    if any(_matched(short, full[i:]) for i in range(1, len(full))):
        return _WITHIN
    return _SCATTERED if len(short) > 1 and _is_scattered(short, full) else 0


def _matched(short: Sequence[str], full: Sequence[str]) -> int:
    """Give how many words of the full title a short one stands for, read from the start; or 0.

    A word in capitals stands for as many words as it has letters: RKP for Rossiiskaya
    Kommunisticheskaya Partiya.
    """
    j = 0
    for word in short:
        if j < len(full) and _alike(word, full[j]):
            j += 1
        elif (length := len(word)) > 1 and word.isupper() and _spells(word, full[j : j + length]):
            j += length
        else:
            return 0
    return j


def _spells(letters: str, words: Sequence[str]) -> bool:
    return "".join(word[:1] for word in words).upper() == letters


def _is_scattered(short: Sequence[str], full: Sequence[str]) -> bool:
    """Whether the words of a short title stand in the full one in order, the first one first."""
    if not full or not _alike(short[0], full[0]):
        return False
    j = 0
    for word in short:
        j = next((k + 1 for k in range(j, len(full)) if _alike(word, full[k])), 0)
        if not j:
            return False
    return True


@lru_cache(maxsize=1 << 16)
def _letters(word: str) -> tuple[str, frozenset[str]]:
    """Give a word folded, and the letters in it."""
    folded = fold(word)
    return folded, frozenset(folded)


@lru_cache(maxsize=1 << 16)
def _alike(a: str, b: str) -> bool:
    """Whether two words are one, a letter misread in a long one apart."""
    (a, letters), (b, others) = _letters(a), _letters(b)
    if a == b:
        return True
    if min(len(a), len(b)) < _LONG_WORD or abs(len(a) - len(b)) > 1:
        return False
    # A letter that the other word lacks matches nothing: most pairs are told apart by that alone.
    if 2 * (len(a) - len(letters - others)) < _LIKE * (len(a) + len(b)):
        return False
    return SequenceMatcher(None, a, b).ratio() >= _LIKE
