"""Builds an index: read, split, encode, write, check, and only then switch to it.

Everything is written beside the current generation. Until the last step the store is as it was,
whatever happens.
"""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from corpus.catalog import Catalog
from corpus.document import DocumentId
from corpus.passages import PassageConfig
from corpus.reading import find_files
from index.adapter import open_adapter
from index.document_tables import DocumentSummary
from index.documents import DOCUMENTS_FILE, DocumentStore
from index.encoder import ADAPTER_FILE, ENCODER_FOLDER, AdapterRecord, EncoderRecord
from index.errors import ForeignModel, LastDocument, NothingIndexed, StoreError
from index.generation import Index, Store
from index.generation_writer import BuildConfig, Exporter, GenerationWriter, Written
from index.intake import ReadingRules
from index.model_source import (
    DEFAULT_MODEL,
    SHIPPED_ADAPTERS,
    AdapterChoice,
    ModelSource,
    locate,
)
from index.plan import Action, Decision, Plan, Planner, Stored
from index.progress import SILENT, Progress

__all__ = [
    "SILENT",
    "Action",
    "BuildConfig",
    "BuildReport",
    "DocumentOutcome",
    "Exporter",
    "Progress",
    "build",
    "remove",
]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DocumentOutcome:
    """What became of one file."""

    file: str
    path: Path
    action: Action
    reason: str
    """Why it was skipped or read again; empty where there is nothing to say."""
    summary: DocumentSummary | None
    """What was found in it; None if it was skipped for want of a readable text."""

    @property
    def title(self) -> str:
        """Give the document's title, or the name of a file that was skipped."""
        return self.file if self.summary is None else self.summary.title


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did."""

    generation: str
    """The current one, also if it is the same as before."""
    unchanged: bool
    """Nothing had to be done, and no generation was written."""
    outcomes: tuple[DocumentOutcome, ...]
    """For each file that was named, in order, or for the document that was removed."""
    documents: int
    """How many the index holds now."""
    passages: int
    encoded: int
    """How many passages had to be encoded; the vectors of the others were known."""
    seconds: float


def build(
    store_path: Path,
    paths: Sequence[Path],
    *,
    model: str | None = None,
    adapter: AdapterChoice = None,
    rebuild: bool = False,
    catalog: Catalog | None = None,
    progress: Progress = SILENT,
    config: BuildConfig | None = None,
) -> BuildReport:
    """Index files, adding them to what is in the store.

    A file whose bytes are indexed already is kept as it is, unless files are read in another way
    now; one that has changed takes the place of its earlier version; the same bytes are indexed
    once. Files that cannot be read are skipped and reported. Documents whose files are not named
    stay.

    Args:
        store_path: The store's folder; made if need be.
        paths: Files, and folders to look for files in.
        model: Name or folder of a sentence-transformers model; None stands for the one that the
            store was built with, or else for the default.
        adapter: The file of an adapter for the model, or False for none; None stands for the one
            that the store was built with, or else, and where a rebuild names a model, for the
            one that comes with the model.
        rebuild: Start anew with nothing but these files; the vectors of known texts are used all
            the same.
        catalog: Titles, authors and years; None for the known texts alone.
        progress: Hears how far the build has come.
        config: How to build; None for the defaults.

    Raises:
        NothingToRead: If a path does not exist, or a folder holds no file of a known kind.
        NothingIndexed: If none of the files can be indexed.
        ForeignModel: If the store was built with another model.
        ModelError: If the model cannot be had or used.
        DamagedStore: If the store is damaged; ``rebuild`` replaces it.
        StoreBusy: If another build is at work.
    """
    started = time.perf_counter()
    config = config or BuildConfig()
    files = list(dict.fromkeys(path.absolute() for path in find_files(paths)))
    rules = ReadingRules(catalog or Catalog(), config.passages)
    store = Store(store_path)
    with ExitStack() as opened:
        opened.enter_context(store.locked())
        previous = None if rebuild else _open_current(store, opened)
        source = _choose_model(store, model, adapter, previous, config)
        stored = {} if previous is None else _stored(previous)
        plan = Planner(stored, rules.version, rules.catalog).plan(files)
        writer = GenerationWriter(store, previous, config, progress)
        written = writer.write(plan, rules, source) if plan.readings else None
        return _report(store, _in_order(files, plan, written), written, started)


def _in_order(files: Sequence[Path], plan: Plan, written: Written | None) -> list[Decision]:
    """Give what became of each file, in the order in which they were named.

    Raises:
        NothingIndexed: If not one of them is in the index now.
    """
    made = (*plan.decisions, *(written.decisions if written else ()))
    by_path = {decision.path: decision for decision in made}
    ordered = [by_path[path] for path in files]
    if all(decision.document is None for decision in ordered):
        raise NothingIndexed([f"{decision.path.name}: {decision.reason}" for decision in ordered])
    return ordered


def remove(store_path: Path, document: str, progress: Progress = SILENT) -> BuildReport:
    """Remove a document from an index.

    Args:
        store_path: The store's folder.
        document: The document's id or file name.
        progress: Hears how far the work has come.

    Raises:
        NoStore: If there is no index.
        UnknownDocument: If there is no such document.
        AmbiguousDocument: If several files have this name.
        LastDocument: If nothing would be left.
        DamagedStore: If the store is damaged.
        StoreBusy: If a build is at work.
    """
    started = time.perf_counter()
    store = Store(store_path)
    # A store that is not there is not to be made for the sake of its lock.
    store.manifest()
    with ExitStack() as opened:
        opened.enter_context(store.locked())
        previous = opened.enter_context(store.open())
        summary = previous.documents.find(document)
        stored = _stored(previous)
        gone = stored.pop(summary.id)
        if not stored:
            raise LastDocument(store_path, summary.file)
        plan = Plan(readings=(), decisions=(), keep=tuple(stored.values()))
        rules = ReadingRules(Catalog(), PassageConfig())
        written = GenerationWriter(store, previous, BuildConfig(), progress).write(
            plan, rules, None
        )
        report = _report(store, [], written, started)
    path = Path(gone.origin.path)
    outcome = DocumentOutcome(summary.file, path, Action.REMOVED, "", summary)
    return dataclasses.replace(report, outcomes=(outcome,))


def _open_current(store: Store, opened: ExitStack) -> Index | None:
    return None if store.current() is None else opened.enter_context(store.open())


def _stored(index: Index) -> dict[DocumentId, Stored]:
    origins = index.documents.origins()
    return {s.id: Stored(s, origins[s.id]) for s in index.documents.catalogue()}


def _choose_model(
    store: Store,
    model: str | None,
    adapter: AdapterChoice,
    previous: Index | None,
    config: BuildConfig,
) -> ModelSource | None:
    """Find the model to export; None stands for the one that the previous generation has.

    Raises:
        ForeignModel: If another one is asked for than the previous generation was built with.
    """
    if previous is None:
        remembered = _remembered(store)
        if model is not None or remembered is None:
            return locate(model or DEFAULT_MODEL, adapter=adapter)
        if adapter is None:
            adapter = _remembered_adapter(store, remembered)
        return locate(remembered.name, adapter=adapter)
    if model is None and adapter is None:
        return None
    record = previous.encoder.record
    source = locate(model or record.name, adapter=adapter)
    precision = config.precision or record.precision
    if (
        not _is_same(record, source)
        or record.precision is not precision
        or (adapter is not None and record.adapter != _adapter_record(source))
    ):
        built = (_described(record.name, record.adapter), record.precision)
        asked = (_described(source.name, _adapter_record(source)), precision)
        raise ForeignModel(store.path, built_with=" in ".join(built), asked_for=" in ".join(asked))
    return None


def _is_same(record: EncoderRecord, source: ModelSource) -> bool:
    if record.source_digest is not None and source.digest is not None:
        return record.source_digest == source.digest
    return record.name == source.name


def _adapter_record(source: ModelSource) -> AdapterRecord | None:
    return None if source.adapter is None else source.adapter.record


def _described(name: str, adapter: AdapterRecord | None) -> str:
    return name if adapter is None else f"{name} with the adapter {adapter.name}"


def _remembered(store: Store) -> EncoderRecord | None:
    """Give what a store was built with, as far as that can still be read."""
    try:
        return store.manifest().model
    except StoreError:
        return None


def _remembered_adapter(store: Store, record: EncoderRecord) -> AdapterChoice:
    """Give the adapter that a store was built with; its generation has kept the file."""
    if record.adapter is None:
        return False
    shipped = SHIPPED_ADAPTERS.get(record.name)
    if shipped is not None and open_adapter(shipped).record == record.adapter:
        return shipped
    return store.folder(store.manifest().generation) / ENCODER_FOLDER / ADAPTER_FILE


def _report(
    store: Store, decisions: Sequence[Decision], written: Written | None, started: float
) -> BuildReport:
    manifest = store.manifest()
    path = store.folder(manifest.generation) / DOCUMENTS_FILE
    with closing(DocumentStore(path)) as documents:
        summaries = {summary.id: summary for summary in documents.catalogue()}
    outcomes = (
        DocumentOutcome(
            file=decision.path.name,
            path=decision.path,
            action=decision.action,
            reason=decision.reason,
            summary=None if decision.document is None else summaries[decision.document],
        )
        for decision in decisions
    )
    return BuildReport(
        generation=manifest.generation,
        unchanged=written is None or written.generation is None,
        outcomes=tuple(outcomes),
        documents=manifest.documents,
        passages=manifest.passages,
        encoded=0 if written is None else written.encoded,
        seconds=time.perf_counter() - started,
    )
