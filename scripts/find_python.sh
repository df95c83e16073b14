#!/usr/bin/env bash
# Prints the path of a Python that can run Ibid: 3.11 or newer, and able to make a virtual
# environment. PYTHON, where set, is the only one that is looked at.
set -u

candidates=(python3.11 python3.12 python3.13 python3.14 python3 python)
[ -n "${PYTHON:-}" ] && candidates=("$PYTHON")
seen=()

for candidate in "${candidates[@]}"; do
  # A version manager's stand-in may be on the path and still refuse to run: that is "not there".
  version=$("$candidate" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) || continue
  if ! "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    seen+=("$candidate is Python $version: too old")
  elif ! "$candidate" -c 'import venv, ensurepip' 2>/dev/null; then
    seen+=("$candidate is Python $version, without the venv module (Debian and Ubuntu: apt-get install python${version%.*}-venv)")
  else
    command -v "$candidate"
    exit 0
  fi
done

{
  echo "error: no Python 3.11 or newer with the venv module was found."
  [ ${#seen[@]} -eq 0 ] && echo "  looked for: ${candidates[*]}"
  for line in "${seen[@]+"${seen[@]}"}"; do echo "  $line"; done
  echo "  Install Python 3.11, or name one: make demo PYTHON=/path/to/python3.11"
} >&2
exit 1
