"""API keys: made here, shown once, and kept only as digests.

A key is 256 random bits, so a plain digest of it cannot be turned back by guessing; the slow
hashes meant for passwords would only slow the server down.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from service.errors import BadKeys

KEY_PREFIX = "ibid_"
"""What every key begins with, so that scanners for leaked secrets can know one."""
KEY_BYTES = 32
PRIVATE = 0o600

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_LINE = re.compile(r"([A-Za-z0-9._-]{1,64}) sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Keyring:
    """The digests of all keys, by the name that each was given."""

    digests: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> Keyring:
        """Read a file of keys; without the file there are none.

        Raises:
            BadKeys: If the file cannot be read, or a line of it is none of a key.
        """
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return cls()
        except (OSError, UnicodeDecodeError) as error:
            raise BadKeys(path, "a file that cannot be read", "a file of keys") from error
        digests: dict[str, str] = {}
        for number, line in enumerate(lines, start=1):
            if not line.strip() or line.startswith("#"):
                continue
            match = _LINE.fullmatch(line.strip())
            if match is None:
                raise BadKeys(path, f"line {number}", "NAME sha256:DIGEST")
            digests[match[1]] = match[2]
        if not digests:
            raise BadKeys(path, "no key", "one line a key")
        return cls(digests)

    def __bool__(self) -> bool:
        """Whether there are keys."""
        return bool(self.digests)

    def owner(self, key: str) -> str | None:
        """Give the name of a key; None if it is not one of these.

        All digests are compared, each in constant time, so how long it takes tells nothing.
        """
        digest = digest_of(key)
        found = None
        for name, known in self.digests.items():
            if hmac.compare_digest(digest, known):
                found = name
        return found


def add_key(path: Path, name: str) -> str:
    """Make a key, write its digest to the file, and give the key, which is kept nowhere else.

    Raises:
        BadKeys: If the name cannot be used or is taken, or the file is no file of keys.
    """
    if not _NAME.fullmatch(name):
        raise BadKeys(path, f"the name {name!r}", "letters, digits, '.', '_' and '-', at most 64")
    if name in Keyring.load(path).digests:
        raise BadKeys(path, f"a key named {name!r}", "a new name; or take its line out")
    key = KEY_PREFIX + secrets.token_urlsafe(KEY_BYTES)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(PRIVATE)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{name} sha256:{digest_of(key)}\n")
    return key


def digest_of(key: str) -> str:
    """Give the digest of a key."""
    return sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
