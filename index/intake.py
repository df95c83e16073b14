"""The first step of a build: files are read and cut, unchanged documents taken over.

What comes of it is the document store of the new generation.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

from corpus.catalog import Catalog
from corpus.document import Document, DocumentId
from corpus.errors import ReadingError
from corpus.passages import PassageConfig, split, text_to_embed
from corpus.reading import READER_VERSION, read_file
from index.document_writer import DocumentWriter, Origin
from index.plan import Action, Decision, Plan, Reading, Stored
from index.progress import Progress

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """By which rules files are read and cut."""

    catalog: Catalog
    passages: PassageConfig

    @property
    def version(self) -> str:
        """Tell these rules from others; the catalogue is compared entry by entry instead."""
        return f"reader {READER_VERSION}, passages {json.dumps(asdict(self.passages))}"


@dataclass(slots=True)
class Intake:
    """Fills the document store of a new generation."""

    writer: DocumentWriter
    rules: ReadingRules
    progress: Progress
    _written: set[DocumentId] = field(default_factory=set)

    def run(self, plan: Plan) -> list[Decision]:
        """Take over what is kept and read what is to be read.

        Documents stand in the order of their file names, whatever was there before.

        Returns:
            What became of each file that was to be read.
        """
        steps: list[Stored | Reading] = sorted([*plan.keep, *plan.readings], key=_place)
        done = []
        self.progress.start("read", len(plan.readings))
        for step in steps:
            if isinstance(step, Stored):
                self._take_over([step.summary.id])
            else:
                done.append(self._read(step))
                self.progress.advance(1, step.path.name)
        failed = {decision.path for decision in done if decision.action is Action.SKIPPED}
        for reading in plan.readings:
            if reading.path in failed:
                self._take_over(reading.replaces)
        self.progress.finish()
        return done

    def _take_over(self, documents: Iterable[DocumentId]) -> None:
        for document in documents:
            if document not in self._written:
                self.writer.copy(document)
                self._written.add(document)

    def _read(self, reading: Reading) -> Decision:
        try:
            document = read_file(
                reading.path,
                catalog=self.rules.catalog,
                on_step=lambda step: self.progress.advance(0, f"{step} in {reading.path.name}"),
            )
        except (ReadingError, OSError) as error:
            return _skipped(reading, str(error))
        if document.id in self._written:
            return _skipped(reading, "the same bytes as another file, indexed once")
        passages = split(document, self.rules.passages)
        if not passages:
            return _skipped(reading, "found a file without a sentence, expected text")
        texts = [text_to_embed(document, passage) for passage in passages]
        origin = Origin(str(reading.path.absolute()), self.rules.version)
        self.writer.add(document, passages, texts, origin)
        self._written.add(document.id)
        _log(document, passages)
        action = Action.REPLACED if reading.replaces else Action.ADDED
        return Decision(reading.path, action, reading.reason, document.id)


def _place(step: Stored | Reading) -> tuple[str, str]:
    if isinstance(step, Stored):
        return step.summary.file, step.summary.sha256
    return step.path.name, step.sha256


def _skipped(reading: Reading, reason: str) -> Decision:
    if reading.replaces:
        reason = f"{reason}; the version indexed before stays"
    logger.warning("skipped %s: %s", reading.path.name, reason)
    return Decision(reading.path, Action.SKIPPED, reason)


def _log(document: Document, passages: Sequence[object]) -> None:
    logger.debug(
        "%s: %d passages, %d notes, %d marks",
        document.file,
        len(passages),
        len(document.notes),
        len(document.marks),
    )
