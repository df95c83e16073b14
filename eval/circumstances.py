"""Where and with what a run was made."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic import JsonValue, TypeAdapter

from eval.result import Circumstances

_PACKAGES = (
    "ibid",
    "faiss-cpu",
    "ir-measures",
    "numpy",
    "onnxruntime",
    "tantivy",
    "tokenizers",
)
_ANYTHING = TypeAdapter[object](object)
_JSON = TypeAdapter(Mapping[str, JsonValue])


def describe(
    *, settings: Mapping[str, JsonValue], manifest: object, case_files: Iterable[Path]
) -> Circumstances:
    """Say what has to be known to compare this run with another.

    Args:
        settings: What the run was told to do.
        manifest: The open index's own record of itself; any dataclass or model.
        case_files: The files that were run.
    """
    return Circumstances(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        commit=_commit(Path(__file__).parent),
        machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, "
        f"Python {platform.python_version()}",
        versions=dict(_versions(_PACKAGES)),
        settings=settings,
        manifest=_JSON.validate_json(_ANYTHING.dump_json(manifest)),
        case_files={
            path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in case_files
        },
    )


def _versions(packages: Iterable[str]) -> Iterable[tuple[str, str]]:
    for package in packages:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            continue


def _commit(folder: Path) -> str | None:
    """Give the revision the code stands at; nothing where it is not under version control."""
    git = shutil.which("git")
    if git is None:
        return None

    def say(*words: str) -> str | None:
        done = subprocess.run(
            [git, "-C", str(folder), *words], capture_output=True, text=True, check=False
        )
        return done.stdout.strip() if done.returncode == 0 else None

    revision = say("rev-parse", "HEAD")
    if revision is None:
        return None
    return revision + ("+" if say("status", "--porcelain") else "")
