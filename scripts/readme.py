"""Keeps the answer in README.md true: asks its question again and writes down what came.

Run as ``python scripts/readme.py STORE``, where STORE holds the index of the sample library; with
``--check`` it changes nothing and fails where the README says something else.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"

_BLOCK = re.compile(
    r'(?<=<!-- answer -->\n```console\n)\$ ibid ask "([^"\n]+)"\n.*?(?=```\n)', re.DOTALL
)
_CONFIDENCE = re.compile(r"confidence \d+%")


def main() -> int:
    """Write the answer into the README, or compare it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("store")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()

    text = README.read_text(encoding="utf-8")
    block = _BLOCK.search(text)
    assert block is not None, "README.md has no answer"
    fresh = f'$ ibid ask "{block[1]}"\n\n{ask(block[1], options.store)}'
    if options.check:
        # The last digit of a confidence may differ between processors.
        same = _CONFIDENCE.sub("", block[0]) == _CONFIDENCE.sub("", fresh)
        sys.stdout.write("" if same else f"README.md has:\n{block[0]}\nbut the answer is:\n{fresh}")
        return 0 if same else 1
    README.write_text(text[: block.start()] + fresh + text[block.end() :], encoding="utf-8")
    return 0


def ask(question: str, store: str) -> str:
    """Give what ``ibid ask`` prints in a terminal of 80 columns."""
    command = [sys.executable, "-m", "service", "ask", question, "--store", store]
    environ = {**os.environ, "COLUMNS": "80"}
    run = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environ)
    return run.stdout


if __name__ == "__main__":
    sys.exit(main())
