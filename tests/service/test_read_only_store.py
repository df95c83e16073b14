"""A store whose permission to write was taken away, asked by a user who is not root."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

NOBODY = 65_534
PATIENCE_SECONDS = 120

# Who is root may write to anything. The modules come first: they may lie where only root can read.
AS_NOBODY = f"""
import contextlib, io, os, sys
from service.cli import main
with contextlib.redirect_stdout(io.StringIO()):
    main(["ask", "bread", "--store", sys.argv[2]])
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid({NOBODY})
    os.setuid({NOBODY})
os.chdir(sys.argv[1])
try:
    open("probe", "w")
except PermissionError:
    sys.exit(main(["ask", "How many sacks did the miller count?", "--json", "--store", "store"]))
sys.exit("the store can be written to")
"""


@pytest.fixture
def read_only(tiny_index):
    """A copy of the index in a folder that anyone may read and nobody but root may write."""
    # Not under tmp_path, whose parents are closed to other users.
    folder = Path(tempfile.mkdtemp(prefix="ibid-read-only-"))
    shutil.copytree(tiny_index, folder / "store")
    for words in folder.rglob("lexical"):
        # Tantivy leaves one where it opens an index that it may write to.
        (words / ".tantivy-meta.lock").touch()
    tree = [folder, *folder.rglob("*")]
    for path in tree:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield folder
    for path in tree:
        path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")
def test_a_store_that_may_only_be_read_answers(read_only, index):
    before = {path: path.stat().st_mtime_ns for path in read_only.rglob("*")}
    command = [sys.executable, "-c", AS_NOBODY, str(read_only), str(index)]
    # The project may lie where the user cannot look: nothing is imported from a path by then.
    run = subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )

    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["citations"][0]["document"]["file"] == "bread.txt"
    assert {path: path.stat().st_mtime_ns for path in read_only.rglob("*")} == before
