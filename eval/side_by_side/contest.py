"""Runs the contenders and says how each did."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import time
import venv
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import mean, median

from corpus.document import DocumentId, Span
from eval.cases import Case
from eval.measures.evidence import groups_found
from eval.measures.facts import share_stated
from eval.measures.ranking import recall_at
from eval.side_by_side.job import Hit, Job, Told, read_told
from rag.answer import DocumentReference

CONTENDERS = {
    "Ibid": "ibid_contender",
    "LlamaIndex": "llama_index_contender",
    "txtai": "txtai_contender",
}
PASSAGES = 10
_ROOT = Path(__file__).parents[2]
_REQUIREMENTS = Path(__file__).with_name("peers.txt")


@dataclass(frozen=True, slots=True)
class Standing:
    """How one contender did; shares from 0 to 1, times in seconds."""

    name: str
    recall: dict[int, float]
    """R@k by k."""
    facts: dict[int, float]
    """Questions with all facts in the first so many retrieved words."""
    build_seconds: float
    query_p50: float
    cold_start: float
    peak_memory_mib: float


def make_environment(folder: Path, say: Callable[[str], None]) -> Path:
    """Give the Python of an environment that has the others, made where it is not there yet.

    It sees our packages too, so that torch and sentence-transformers are the same.
    """
    python = folder / "bin" / "python"
    done = folder / "ready"
    if not (done.exists() and done.read_text() == _REQUIREMENTS.read_text()):
        say(f"making an environment in {folder}")
        venv.create(folder, with_pip=True, clear=True)
        paths = {"base": str(folder), "platbase": str(folder)}
        site = Path(sysconfig.get_path("purelib", vars=paths))
        (site / "ours.pth").write_text(sysconfig.get_path("purelib") + "\n")
        install = [str(python), "-m", "pip", "install", "--quiet", "-r", str(_REQUIREMENTS)]
        subprocess.run(install, check=True, stdout=sys.stderr)
        done.write_text(_REQUIREMENTS.read_text())
    return python


def query_of(case: Case) -> str:
    """Give one string to search for; what was said before stands in front of a follow-up.

    None of the three is told that it is a follow-up: here rankings are compared, not manners.
    """
    return " ".join([*(turn.content for turn in case.history), case.question])


def run(
    name: str, job: Job, *, python: Path, folder: Path, say: Callable[[str], None]
) -> tuple[float, Told]:
    """Let one contender build and search.

    Returns:
        Seconds to build from nothing, and what it told of the queries.
    """
    store = folder / "stores" / CONTENDERS[name]
    shutil.rmtree(store, ignore_errors=True)
    store.mkdir(parents=True)
    own = replace(job, store=str(store))
    say(f"{name}: indexing")
    started = time.perf_counter()
    _work(name, "build", own, python, folder)
    built = time.perf_counter() - started
    say(f"{name}: asking")
    return built, _work(name, "query", own, python, folder)


def _work(name: str, task: str, job: Job, python: Path, folder: Path) -> Told:
    job_file, out = folder / "job.json", folder / "told.json"
    timed = replace(job, started_at=time.time())
    job_file.write_text(json.dumps(asdict(timed)), encoding="utf-8")
    module = f"eval.side_by_side.{CONTENDERS[name]}"
    environment = {**os.environ, "PYTHONPATH": str(_ROOT), "TOKENIZERS_PARALLELISM": "false"}
    words = [str(python), "-m", module, task, str(job_file), str(out)]
    subprocess.run(words, check=True, stdout=sys.stderr, env=environment)
    return read_told(out)


def standing(name: str, cases: Sequence[Case], built: float, told: Told) -> Standing:
    """Score what a contender found for the answerable cases."""
    found = [
        [_groups(case, hit) for hit in ranking]
        for case, ranking in zip(cases, told.rankings, strict=True)
    ]
    texts = ["\n".join(hit.text for hit in ranking) for ranking in told.rankings]
    return Standing(
        name=name,
        recall={
            k: mean(
                recall_at(ranking, groups=len(case.evidence), k=k)
                for case, ranking in zip(cases, found, strict=True)
            )
            for k in (1, 5, 10)
        },
        facts={
            words: mean(
                share_stated(case.facts, text, words=words) == 1.0
                for case, text in zip(cases, texts, strict=True)
            )
            for words in (150, 500)
        },
        build_seconds=built,
        query_p50=median(told.query_seconds),
        cold_start=told.cold_start_seconds,
        peak_memory_mib=told.peak_memory_mib,
    )


def _groups(case: Case, hit: Hit) -> frozenset[int]:
    document = DocumentReference(DocumentId(""), hit.file, "", "", None, None)
    return groups_found(case.evidence, {document: [Span(*span) for span in hit.spans]})
