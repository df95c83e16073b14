from __future__ import annotations

import io

from rich.console import Console

from service.progress import ConsoleProgress


def run(console: Console) -> str:
    with ConsoleProgress(console) as progress:
        progress.start("read", 3)
        progress.advance(1, "lamps\x1b[31m.txt")
        progress.advance(2, "wicks.txt")
        progress.finish()
        progress.start("check", None)
        progress.finish()
    return console.file.getvalue()


def test_in_a_log_each_stage_is_one_line():
    assert run(Console(file=io.StringIO(), _environ={})) == "read 3\ncheck\n"


def test_on_a_terminal_each_stage_is_a_bar_that_ends_full():
    console = Console(file=io.StringIO(), force_terminal=True, width=80, _environ={})

    drawn = run(console)

    assert "3/3" in drawn
    assert "read" in drawn
    assert "\x1b[31m.txt" not in drawn


def test_a_stage_that_is_interrupted_gives_the_terminal_back():
    console = Console(file=io.StringIO(), force_terminal=True, width=80, _environ={})

    try:
        with ConsoleProgress(console) as progress:
            progress.start("read", 3)
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass

    # The cursor, which the bars hide, is shown again.
    assert console.file.getvalue().rstrip().endswith("\x1b[?25h")
