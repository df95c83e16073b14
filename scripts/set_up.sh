#!/usr/bin/env bash
# Makes .venv and installs Ibid in it: "bash scripts/set_up.sh" for use, "... dev" for work on it.
# Runs in a blink when nothing has changed since the last time.
set -eu
cd "$(dirname "$0")/.."

level=${1:-use}
steps=${STEPS:-3} # of the whole command that this is a part of
venv=.venv
log=$venv/install.log
stamp=$venv/.ibid-$level
torch=$(grep -E '^torch==' constraints.txt)

digest() {
  cat pyproject.toml constraints.txt scripts/set_up.sh | cksum
}

usable() {
  # Made here and not moved since: the commands in it name their Python by its full path.
  [ -x "$venv/bin/python" ] && "$venv/bin/python" -c 'import pip' 2>/dev/null &&
    head -n 1 "$venv/bin/pip" | grep -qF "$PWD/$venv/"
}

follow() {
  # Runs a command with its output in the log, and says every ten seconds how far it is.
  "$@" >>"$log" 2>&1 &
  local job=$! started=$SECONDS told=0
  trap 'kill "$job" 2>/dev/null; exit 130' INT TERM
  while kill -0 "$job" 2>/dev/null; do
    sleep 1
    if [ $((SECONDS - started)) -ge $((told + 10)) ]; then
      told=$((SECONDS - started))
      echo "      $told s: $(grep -oE '^(Collecting [^ ]+|Installing collected packages)' "$log" | tail -n 1)"
    fi
  done
  trap - INT TERM
  if ! wait "$job"; then
    echo "error: installing failed; the last lines of $log:" >&2
    tail -n 15 "$log" >&2
    exit 1
  fi
}

install() {
  follow "$venv/bin/python" -m pip --disable-pip-version-check install --progress-bar off "$@"
}

if usable && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(digest)" ]; then
  [ "$steps" -eq 3 ] || echo "[1-3/$steps] installed already, in $venv"
  exit 0
fi

if usable; then
  echo "[1/$steps] using the virtual environment in $venv"
else
  python=$(bash scripts/find_python.sh)
  echo "[1/$steps] making a virtual environment in $venv with $("$python" --version)"
  "$python" -m venv --clear "$venv"
fi
rm -f "$venv"/.ibid-*
: >"$log"

# torch first, by its exact version: asked for by a range, it would come as the newest build,
# which on Linux brings several gigabytes of CUDA libraries along.
echo "[2/$steps] installing $torch (needed to index, never to ask)"
install ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} "$torch"

if [ "$level" = dev ]; then
  echo "[3/$steps] installing Ibid, what it needs, and the developers' tools"
  install --constraint constraints.txt --editable '.[dev,formats,traces]'
  digest >"$venv/.ibid-use"
else
  echo "[3/$steps] installing Ibid and what it needs"
  install --constraint constraints.txt --editable .
fi
digest >"$stamp"
echo "      done; all of it is in $venv"
