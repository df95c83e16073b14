"""Reads damaged files until something other than a typed error or a document comes out.

Run ``python scripts/fuzz.py [TRIES] [SEED] [FILE...]``; without files the sample is damaged.
"""

from __future__ import annotations

import random
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from corpus.account import account_for  # noqa: E402
from corpus.errors import ReadingError  # noqa: E402
from corpus.passages import split  # noqa: E402
from corpus.reading import read_file  # noqa: E402
from tests.corpus.damage import damaged, seeds  # noqa: E402

SECONDS_A_FILE = 20


def main(arguments: list[str]) -> int:
    """Damage and read files; print how each ended, and where one crashed."""
    tries = int(arguments[0]) if arguments else 10_000
    seed = int(arguments[1]) if len(arguments) > 1 else 0
    sources = seeds([Path(name) for name in arguments[2:]])
    ends: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.txt"
        for i in range(tries):
            path.write_bytes(damaged(sources, random.Random(seed + i)))
            signal.alarm(SECONDS_A_FILE)
            ends[_end_of(path, seed + i)] += 1
            signal.alarm(0)
    sys.stdout.write("".join(f"{end}: {count}\n" for end, count in sorted(ends.items())))
    return 1 if any(end.startswith("crash") for end in ends) else 0


def _end_of(path: Path, seed: int) -> str:
    try:
        document = read_file(path)
        split(document)
        account_for(document)
    except ReadingError as error:
        return type(error).__name__
    except Exception as error:  # noqa: BLE001 - what it is, is what this script is to find out
        sys.stderr.write(f"seed {seed}: {error!r}\n")
        return f"crash {type(error).__name__}"
    return "document"


def _too_long(_signal: int, _frame: object) -> None:
    raise TimeoutError(f"not read within {SECONDS_A_FILE} seconds")


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, _too_long)
    raise SystemExit(main(sys.argv[1:]))
