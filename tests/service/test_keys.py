from __future__ import annotations

import re
import stat

import pytest

from service.errors import BadKeys
from service.keys import Keyring, add_key


def test_a_key_is_known_by_its_digest_alone(tmp_path):
    path = tmp_path / "made" / "keys"
    key = add_key(path, "reading-room")

    assert Keyring.load(path).owner(key) == "reading-room"
    assert Keyring.load(path).owner(key + "x") is None
    assert key not in path.read_text()
    assert re.fullmatch(r"reading-room sha256:[0-9a-f]{64}\n", path.read_text())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_keys_are_long_and_never_the_same(tmp_path):
    keys = {add_key(tmp_path / "keys", f"k{number}") for number in range(20)}

    assert len(keys) == 20
    assert all(re.fullmatch(r"ibid_[\w-]{43}", key) for key in keys)


def test_without_a_file_there_are_no_keys(tmp_path):
    assert not Keyring.load(tmp_path / "keys")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        pytest.param("reader secret\n", "line 1", id="a key in clear"),
        pytest.param("# only this\n", "no key", id="empty"),
        pytest.param("\udcff", "cannot be read", id="no text"),
    ],
)
def test_a_file_that_holds_anything_else_is_refused(tmp_path, content, found):
    """An empty file must not mean that anyone may ask."""
    path = tmp_path / "keys"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))

    with pytest.raises(BadKeys, match=found):
        Keyring.load(path)


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "a\nb"])
def test_a_name_that_would_break_the_file_is_refused(tmp_path, name):
    with pytest.raises(BadKeys, match="found the name"):
        add_key(tmp_path / "keys", name)


def test_a_name_is_given_once(tmp_path):
    add_key(tmp_path / "keys", "reader")

    with pytest.raises(BadKeys, match="found a key named 'reader'"):
        add_key(tmp_path / "keys", "reader")
