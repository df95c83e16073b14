"""Decides what a build has to do: which files to read, and which documents to keep as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from corpus.catalog import Catalog
from corpus.document import DocumentId
from index.digests import digest_file
from index.document_tables import DocumentSummary
from index.document_writer import Origin


class Action(StrEnum):
    """What became of a file."""

    ADDED = "added"
    KEPT = "kept"
    """Neither the file nor the way it would be read has changed."""
    REPLACED = "replaced"
    """Read again, in the place of an earlier version."""
    SKIPPED = "skipped"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Stored:
    """A document of the generation that a build starts from."""

    summary: DocumentSummary
    origin: Origin


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that is to be read."""

    path: Path
    sha256: str
    replaces: tuple[DocumentId, ...] = ()
    """Earlier versions, which stay if the file turns out to be unreadable."""
    reason: str = ""
    """Why it is read again."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done about one file, short of reading it."""

    path: Path
    action: Action
    reason: str = ""
    document: DocumentId | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build has to do."""

    readings: tuple[Reading, ...]
    decisions: tuple[Decision, ...]
    """Files that need not be read, or cannot be."""
    keep: tuple[Stored, ...]
    """Documents to take over as they are, those of files that were not named included."""


@dataclass(slots=True)
class Planner:
    """Looks at one file after the other."""

    stored: Mapping[DocumentId, Stored]
    reading: str
    """By which rules files are read and cut now."""
    catalog: Catalog
    _seen: dict[str, Path] = field(default_factory=dict)

    def plan(self, files: Sequence[Path]) -> Plan:
        """Decide on all files.

        Args:
            files: Each once, in the order in which they are to be reported.
        """
        steps = [self._decide(path) for path in files]
        readings = tuple(step for step in steps if isinstance(step, Reading))
        replaced = {document for reading in readings for document in reading.replaces}
        return Plan(
            readings=readings,
            decisions=tuple(step for step in steps if isinstance(step, Decision)),
            keep=tuple(s for name, s in self.stored.items() if name not in replaced),
        )

    def _decide(self, path: Path) -> Reading | Decision:
        try:
            digest = digest_file(path)
        except OSError as error:
            reason = f"found a file that cannot be opened ({error.strerror})"
            return Decision(path, Action.SKIPPED, reason)
        if digest in self._seen:
            reason = f"the same bytes as {str(self._seen[digest])!r}, indexed once"
            return Decision(path, Action.SKIPPED, reason)
        self._seen[digest] = path
        same = next((s for s in self.stored.values() if s.summary.sha256 == digest), None)
        if same is None:
            former = self._former(path)
            reason = "the file has changed" if former else ""
            return Reading(path, digest, former, reason)
        return self._decide_again(path, same)

    def _decide_again(self, path: Path, same: Stored) -> Reading | Decision:
        """Decide on a file whose bytes are indexed already."""
        digest, name = same.summary.sha256, same.summary.id
        elsewhere = Path(same.origin.path)
        if elsewhere != path.absolute():
            if _holds(elsewhere, digest):
                reason = f"the same bytes as {same.origin.path!r}, indexed once"
                return Decision(path, Action.SKIPPED, reason, name)
            return Reading(path, digest, (name, *self._former(path)), "the file has moved")
        if same.origin.reading != self.reading:
            return Reading(path, digest, (name,), "files are read in another way now")
        if self._is_described_otherwise(same.summary):
            return Reading(path, digest, (name,), "the catalogue has changed")
        return Decision(path, Action.KEPT, document=name)

    def _former(self, path: Path) -> tuple[DocumentId, ...]:
        """Give the document that was read from this path, if one was."""
        place = str(path.absolute())
        return tuple(name for name, s in self.stored.items() if s.origin.path == place)

    def _is_described_otherwise(self, summary: DocumentSummary) -> bool:
        entry = self.catalog.find(file=summary.file, sha256=summary.sha256)
        described = (summary.title, summary.author, summary.year)
        return entry is not None and (entry.title, entry.author, entry.year) != described


def _holds(path: Path, digest: str) -> bool:
    try:
        return digest_file(path) == digest
    except OSError:
        return False
