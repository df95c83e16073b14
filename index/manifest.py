"""What a generation says of itself: model, settings, counts, and the digest of each file.

The manifest is written last. It carries a digest of itself, so that a change to it shows as well.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.digests import digest_files, digest_parts
from index.encoder import EncoderRecord
from index.errors import DamagedStore, ForeignFormat

FORMAT = 1
"""Raised whenever an index is laid out in a way that earlier versions cannot read."""

MANIFEST_FILE = "manifest.json"

# Larger files are checked by their size alone when an index is opened, since hashing a gigabyte
# takes half a second; ``Store.verify`` hashes all.
QUICKLY_HASHED_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileRecord:
    """How a file was when it was written."""

    size: int
    """In bytes."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation says of itself."""

    format: int
    generation: str
    created: str
    """Date and time, ISO 8601, UTC."""
    model: EncoderRecord
    readings: Mapping[str, int]
    """By which version of the reader, and which settings of the passages, how many documents were
    read; those whose files were not named again may have been read earlier."""
    token_dimension: int
    documents: int
    passages: int
    tokens: int
    files: Mapping[str, FileRecord]
    """By their path inside the generation."""

    @property
    def size_bytes(self) -> int:
        """Add up the sizes of all files."""
        return sum(file.size for file in self.files.values())

    def write(self, folder: Path) -> None:
        """Write the manifest into a generation's folder."""
        fields = asdict(self)
        fields["digest"] = _digest(fields)
        text = json.dumps(fields, indent=2, ensure_ascii=False)
        (folder / MANIFEST_FILE).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a generation.

    Raises:
        ForeignFormat: If the generation was written by a version that lays it out differently.
        DamagedStore: If the manifest is missing, or is not what was written.
    """
    path = folder / MANIFEST_FILE
    expected = "the manifest of an index"
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        found = fields["format"]
        if found != FORMAT:
            raise ForeignFormat(folder, found, FORMAT)
        if fields.pop("digest") != _digest(fields):
            raise DamagedStore(path, "other contents than were written", expected)
        fields["model"] = EncoderRecord.from_json(json.dumps(fields["model"]))
        fields["files"] = {name: FileRecord(**file) for name, file in fields["files"].items()}
        return Manifest(**fields)
    except FileNotFoundError as error:
        raise DamagedStore(path, "no such file", expected) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedStore(path, f"no readable manifest ({error!r})", expected) from error


def record_files(folder: Path) -> dict[str, FileRecord]:
    """Hash all files of a folder, those in folders inside it included."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    digests = digest_files(paths)
    return {
        path.relative_to(folder).as_posix(): FileRecord(path.stat().st_size, digest)
        for path, digest in zip(paths, digests, strict=True)
    }


def check_files(folder: Path, files: Mapping[str, FileRecord], *, all_bytes: bool) -> None:
    """Compare a generation's files with what was written.

    Args:
        folder: The generation.
        files: What was written.
        all_bytes: Hash the largest files too.

    Raises:
        DamagedStore: At the first file that is missing or differs.
    """
    for name, file in files.items():
        path = folder / name
        if not path.is_file():
            raise DamagedStore(path, "no such file", f"a file of {file.size} bytes")
        if path.stat().st_size != file.size:
            found = f"a file of {path.stat().st_size} bytes"
            raise DamagedStore(path, found, f"{file.size} bytes")
    hashed = [n for n, f in files.items() if all_bytes or f.size <= QUICKLY_HASHED_BYTES]
    for name, digest in zip(hashed, digest_files([folder / n for n in hashed]), strict=True):
        if digest != files[name].sha256:
            raise DamagedStore(
                folder / name, f"SHA-256 {digest[:12]}...", f"{files[name].sha256[:12]}..."
            )


def _digest(fields: Mapping[str, Any]) -> str:
    return digest_parts([json.dumps(fields, sort_keys=True, ensure_ascii=False).encode()])
