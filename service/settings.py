"""The service's settings: the one place that reads the environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from service.errors import BadSetting

PREFIX = "IBID_"
LOG_LEVELS = ("debug", "info", "warning", "error")
HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the store lies, where to listen, and how much to log."""

    store: Path = Path("var/ibid")
    host: str = "127.0.0.1"
    port: int = 8000
    """0 lets the system choose a free one."""
    refresh_seconds: float = 1.0
    """How often the server looks whether the store has a new generation."""
    log_level: str = "warning"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read the variables that begin with ``IBID_``; what is not set keeps its default.

        Raises:
            BadSetting: If a variable is unknown or its value cannot be used; the message names it.
        """
        values: dict[str, object] = {}
        for variable in sorted(environ):
            if not variable.startswith(PREFIX):
                continue
            name = variable.removeprefix(PREFIX).lower()
            if name not in _PARSERS:
                raise BadSetting(_unknown(variable))
            values[name] = _parsed(variable, environ[variable], _PARSERS[name])
        return cls(**values)  # type: ignore[arg-type]


DEFAULTS = Settings()


def _unknown(variable: str) -> str:
    known = [PREFIX + name.upper() for name in _PARSERS]
    close = get_close_matches(variable, known, n=1)
    advice = f"did you mean {close[0]}?" if close else "unset it"
    return f"unknown variable {variable}; expected one of {', '.join(known)}; {advice}"


def _parsed(variable: str, value: str, parse: Callable[[str], object]) -> object:
    try:
        return parse(value)
    except ValueError as error:
        raise BadSetting(f"{variable} is {value!r}; expected {error}") from error


def _path(value: str) -> Path:
    if not value.strip():
        raise ValueError("a folder")
    return Path(value).expanduser()


def _host(value: str) -> str:
    if not value.strip():
        raise ValueError("a host name or an address, such as 127.0.0.1")
    return value.strip()


def _port(value: str) -> int:
    if not value.isascii() or not value.isdigit() or int(value) > HIGHEST_PORT:
        raise ValueError(f"a whole number from 0 to {HIGHEST_PORT}")
    return int(value)


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise ValueError("a number of seconds above 0")
    return seconds


def _log_level(value: str) -> str:
    if value.lower() not in LOG_LEVELS:
        raise ValueError(f"one of {', '.join(LOG_LEVELS)}")
    return value.lower()


_PARSERS: Mapping[str, Callable[[str], object]] = {
    "store": _path,
    "host": _host,
    "port": _port,
    "refresh_seconds": _seconds,
    "log_level": _log_level,
}
