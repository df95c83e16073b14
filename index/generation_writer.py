"""Writes a new generation beside the current one, checks it, and switches to it."""

from __future__ import annotations

import logging
import os
import shutil
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from corpus.passages import PassageConfig
from index.cache import EmbeddingCache
from index.document_writer import DocumentWriter
from index.documents import DOCUMENTS_FILE, DocumentStore
from index.encoder import ENCODER_FOLDER, EncoderRecord, OnnxEncoder, Precision, read_record
from index.encoder_export import export
from index.errors import DamagedStore
from index.generation import Index, Store, name_generation
from index.intake import Intake, ReadingRules
from index.manifest import FORMAT, Manifest, record_files
from index.model_source import ModelSource
from index.plan import Action, Decision, Plan
from index.progress import Progress
from index.search_parts import SearchParts, write_search_parts
from index.tokens import TokenIndex

logger = logging.getLogger(__name__)


class Exporter(Protocol):
    """Brings a model into the form in which an index keeps it."""

    def __call__(self, model: ModelSource, folder: Path, *, precision: Precision) -> EncoderRecord:
        """Write the model into a folder, so that ``OnnxEncoder.open`` can open it."""


@dataclass(frozen=True, slots=True)
class BuildConfig:
    """How an index is built, apart from what is in it."""

    passages: PassageConfig = field(default_factory=PassageConfig)
    precision: Precision | None = None
    """How the model is exported; None for f32, or for what the store has already."""
    exporter: Exporter = export


@dataclass(frozen=True, slots=True)
class Written:
    """What came of a plan."""

    decisions: tuple[Decision, ...]
    """What became of each file that was read."""
    generation: str | None
    """The new one; None if nothing has changed after all."""
    encoded: int
    """How many passages had to be encoded."""


@dataclass(frozen=True, slots=True)
class GenerationWriter:
    """Carries out a plan; only for the holder of the store's lock."""

    store: Store
    previous: Index | None
    config: BuildConfig
    progress: Progress

    def write(self, plan: Plan, rules: ReadingRules, source: ModelSource | None) -> Written:
        """Write a generation of what a plan reads and keeps.

        Args:
            plan: What to read and what to take over.
            rules: By which rules to read.
            source: The model to export; None to go on with that of the previous generation.
        """
        with self.store.draft() as draft:
            read = self._take_in(draft / DOCUMENTS_FILE, plan, rules)
            if plan.readings and all(decision.action is Action.SKIPPED for decision in read):
                return Written(tuple(read), None, 0)
            self._bring_encoder(draft / ENCODER_FOLDER, source)
            with EmbeddingCache(self.store.cache_path) as cache:
                encoder = OnnxEncoder.open(draft / ENCODER_FOLDER)
                parts = write_search_parts(draft, encoder, cache, self.progress)
                generation = self._finish(draft, parts)
                cache.finish_build(parts.space, parts.keys)
        return Written(tuple(read), generation, parts.encoded)

    def _take_in(self, path: Path, plan: Plan, rules: ReadingRules) -> list[Decision]:
        former = None if self.previous is None else self.previous.folder / DOCUMENTS_FILE
        with DocumentWriter(path, previous=former) as writer:
            return Intake(writer, rules, self.progress).run(plan)

    def _bring_encoder(self, folder: Path, source: ModelSource | None) -> None:
        if source is None:
            assert self.previous is not None, "an index without a model to go on with"
            _link_files(self.previous.folder / ENCODER_FOLDER, folder)
            return
        self.progress.start("export", None)
        self.config.exporter(source, folder, precision=self.config.precision or Precision.F32)
        self.progress.finish()

    def _finish(self, draft: Path, parts: SearchParts) -> str:
        """Write the manifest, check the whole, and make it current."""
        self.progress.start("check", None)
        generation = name_generation()
        describe(draft, generation).write(draft)
        check(draft, parts)
        self.store.publish(draft, generation)
        self.progress.finish()
        return generation


def describe(folder: Path, generation: str) -> Manifest:
    """Make the manifest of a generation of which all else is written."""
    with closing(DocumentStore(folder / DOCUMENTS_FILE)) as documents:
        origins = documents.origins()
        tokens = TokenIndex(folder)
        return Manifest(
            format=FORMAT,
            generation=generation,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            model=read_record(folder / ENCODER_FOLDER),
            readings=dict(Counter(origin.reading for origin in origins.values())),
            documents=len(origins),
            passages=len(documents),
            tokens=tokens.total,
            token_dimension=tokens.dimension,
            files=record_files(folder),
        )


def check(folder: Path, parts: SearchParts) -> None:
    """Open a finished generation and look whether its parts fit together.

    Raises:
        DamagedStore: If they do not.
    """
    with Index(folder) as index:
        counts = {
            "documents": len(index.documents),
            "vectors": len(index.dense),
            "words": len(index.lexical),
            "tokens": len(index.tokens),
        }
    for part, count in counts.items():
        if count != len(parts.keys):
            found = f"{count} passages in the {part}"
            raise DamagedStore(folder, found, f"{len(parts.keys)} passages")


def _link_files(source: Path, target: Path) -> None:
    """Give a folder the files of another; on the same disk they take no further room."""
    target.mkdir()
    for path in source.iterdir():
        try:
            os.link(path, target / path.name)
        except OSError:
            # Not every file system knows links.
            shutil.copyfile(path, target / path.name)
