"""``python -m eval``: the evaluation without the rest of the command line."""

from __future__ import annotations

from eval.command import app

if __name__ == "__main__":
    app(prog_name="ibid eval")
