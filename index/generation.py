"""A store of generations on disk, one of them current, and a generation that is open.

    <store>/
      CURRENT             the name of the current generation, replaced atomically
      generations/<name>/ manifest.json, documents.sqlite, dense.faiss, lexical/, tokens.*, encoder/
      cache.sqlite        vectors of texts; may be deleted at any time
      build.lock          held while a build is at work

How a generation is made is left to ``index.build``.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from index.dense import DENSE_FILE, DenseIndex
from index.documents import DOCUMENTS_FILE, DocumentStore
from index.encoder import ENCODER_FOLDER, OnnxEncoder
from index.errors import DamagedStore, NoStore, StoreBusy
from index.lexical import LEXICAL_FOLDER, LexicalIndex
from index.manifest import Manifest, check_files, read_manifest
from index.reader import open_reader
from index.tokens import TokenIndex

logger = logging.getLogger(__name__)

_CURRENT = "CURRENT"
_GENERATIONS = "generations"
_DRAFT = ".draft"
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]*")


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """What there is to say of a store without opening it."""

    path: Path
    manifest: Manifest
    generations: tuple[str, ...]
    """All that are kept, the oldest first."""
    size_bytes: int
    """Of the current generation."""
    cache_bytes: int


class Index:
    """One generation, open for searching; may be used from several threads.

    What is open stays as it is, also when the store moves on to another generation. Passages have
    rows from 0 on, the same in ``documents``, ``dense``, ``lexical`` and ``tokens``.
    """

    def __init__(self, folder: Path, *, verify_all: bool = False) -> None:
        """Open a generation's folder.

        Args:
            folder: The generation.
            verify_all: Hash the largest files too, before anything is opened.

        Raises:
            DamagedStore: If a file is missing or differs from what was written.
            ForeignFormat: If the generation was written by another version.
        """
        self.folder = folder
        self.manifest = read_manifest(folder)
        check_files(folder, self.manifest.files, all_bytes=verify_all)
        with ExitStack() as opened:
            self.documents = DocumentStore(folder / DOCUMENTS_FILE)
            opened.callback(self.documents.close)
            self.lexical = LexicalIndex.open(folder / LEXICAL_FOLDER)
            self.dense = DenseIndex.open(folder / DENSE_FILE)
            self.tokens = TokenIndex(folder)
            self.encoder = OnnxEncoder.open(folder / ENCODER_FOLDER)
            self.reader = open_reader(folder / ENCODER_FOLDER, self.encoder)
            self._opened = opened.pop_all()

    def __enter__(self) -> Self:
        """Give the index itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Let go of the generation's files; nothing may be asked of it afterwards."""
        self._opened.close()

    @property
    def name(self) -> str:
        """Name the generation."""
        return self.manifest.generation


class Store:
    """A folder of generations, one of them current."""

    def __init__(self, path: Path) -> None:
        """Name the folder; it need not exist."""
        self.path = path

    def current(self) -> str | None:
        """Name the current generation; None if there is no index yet.

        Raises:
            DamagedStore: If the pointer to it cannot be understood.
        """
        pointer = self.path / _CURRENT
        try:
            name = pointer.read_text(encoding="utf-8").strip()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except UnicodeDecodeError as error:
            raise DamagedStore(pointer, "no text", "the name of a generation") from error
        if not _NAME.fullmatch(name):
            raise DamagedStore(pointer, repr(name[:40]), "the name of a generation")
        return name

    def open(self) -> Index:
        """Open the current generation.

        Raises:
            NoStore: If there is no index.
            DamagedStore: If a file is missing or differs from what was written.
            ForeignFormat: If it was written by another version.
        """
        name = self._existing()
        try:
            return Index(self.folder(name))
        except DamagedStore:
            # Two builds may have ended since the name was read, and its folder be gone.
            if self.current() == name:
                raise
            return Index(self.folder(self._existing()))

    def manifest(self) -> Manifest:
        """Read the manifest of the current generation; raises as ``open`` does."""
        return read_manifest(self.folder(self._existing()))

    def status(self) -> StoreStatus:
        """Say what is in the store; raises as ``open`` does."""
        manifest = self.manifest()
        cache = self.cache_path
        return StoreStatus(
            path=self.path,
            manifest=manifest,
            generations=tuple(self.generations()),
            size_bytes=manifest.size_bytes,
            cache_bytes=cache.stat().st_size if cache.is_file() else 0,
        )

    def verify(self) -> None:
        """Compare every byte of the current generation with what was written.

        Raises:
            DamagedStore: If a file is missing or differs.
        """
        folder = self.folder(self._existing())
        check_files(folder, read_manifest(folder).files, all_bytes=True)

    def generations(self) -> list[str]:
        """Name the generations that are there, the oldest first."""
        folder = self.path / _GENERATIONS
        if not folder.is_dir():
            return []
        return sorted(path.name for path in folder.iterdir() if _NAME.fullmatch(path.name))

    def folder(self, generation: str) -> Path:
        """Give the folder of a generation."""
        return self.path / _GENERATIONS / generation

    @property
    def cache_path(self) -> Path:
        """Give the place of the embedding cache."""
        return self.path / "cache.sqlite"

    def _existing(self) -> str:
        name = self.current()
        if name is None:
            raise NoStore(self.path, self._description())
        return name

    def _description(self) -> str:
        if self.path.is_dir():
            return "a folder without an index"
        return "a file" if self.path.exists() else "nothing"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other builds out of the store, which is made if need be.

        The lock is the operating system's: it is let go when the process ends, however it ends.

        Raises:
            StoreBusy: If another build is at work.
            NoStore: If something else stands in the store's place.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise NoStore(self.path, "a file") from error
        lock = FileLock(self.path / "build.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            raise StoreBusy(self.path) from error
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """Give an empty folder for a new generation; what is left of it is removed at the end.

        Only for the holder of the lock.
        """
        generations = self.path / _GENERATIONS
        generations.mkdir(exist_ok=True)
        for leftover in generations.glob(f"{_DRAFT}*"):
            shutil.rmtree(leftover)
        folder = generations / _DRAFT
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def publish(self, draft: Path, generation: str) -> None:
        """Make a finished draft the current generation, and remove all but it and the last one.

        Until the pointer is replaced, the store is as it was; afterwards the new generation is
        whole. Whoever has an older one open can go on with it: on POSIX systems its files live as
        long as they are open, and on Windows they cannot be removed before.
        """
        try:
            previous = self.current()
        except DamagedStore:
            # A pointer to nothing keeps nothing.
            previous = None
        _sync_tree(draft)
        draft.rename(self.folder(generation))
        _sync_folder(self.path / _GENERATIONS)
        self._point_to(generation)
        for old in set(self.generations()) - {generation, previous}:
            shutil.rmtree(self.folder(old), ignore_errors=True)
        logger.info("generation %s is current", generation)

    def _point_to(self, generation: str) -> None:
        pointer = self.path / f"{_CURRENT}.new"
        with pointer.open("w", encoding="utf-8") as file:
            file.write(generation + "\n")
            file.flush()
            os.fsync(file.fileno())
        pointer.replace(self.path / _CURRENT)
        _sync_folder(self.path)


def name_generation() -> str:
    """Make a name for a new generation; names sort by time."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S-%f}-{secrets.token_hex(2)}"


def _sync_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        else:
            _sync_folder(path)
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    # Windows cannot open folders, and writes their entries on its own.
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
