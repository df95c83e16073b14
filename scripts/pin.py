"""Writes constraints.txt: the exact versions of all that Ibid needs, as installed here.

Run as ``python scripts/pin.py constraints.txt`` in an environment where the tests pass.
"""

from __future__ import annotations

import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HEADER = """\
# Exact versions of all that Ibid needs, with its developers' tools, as the tests ran with them.
# Written by `make pins`; used by `make demo`, `make test` and CI. pyproject.toml has the ranges.
"""


def main(target: str) -> None:
    """Write one line for each distribution that the project reaches, in alphabetical order."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    roots = [*project["dependencies"], *(root for extra in extras for root in extra)]
    versions = reach([Requirement(root) for root in roots])
    lines = [f"{name}=={version}" for name, version in sorted(versions.items())]
    Path(target).write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")


def reach(waiting: list[Requirement]) -> dict[str, str]:
    """Follow requirements to the end.

    Returns:
        Version by canonical name, without a local part such as ``+cpu``: which build of a version
        is taken is the machine's affair.
    """
    versions: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        for extra in ["", *requirement.extras]:
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            try:
                found = distribution(name)
            except PackageNotFoundError as error:
                raise SystemExit(f"{name} is needed but not installed here") from error
            versions[name] = found.version.partition("+")[0]
            waiting.extend(needs(found.requires or [], extra))
    return versions


def needs(requirements: list[str], extra: str) -> list[Requirement]:
    """Keep the requirements that hold on this machine with this extra."""
    parsed = [Requirement(line) for line in requirements]
    return [r for r in parsed if r.marker is None or r.marker.evaluate({"extra": extra})]


if __name__ == "__main__":
    main(*sys.argv[1:])
