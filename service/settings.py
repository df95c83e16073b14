"""The service's settings: the one place that reads the environment."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from service.errors import BadSetting

PREFIX = "IBID_"
LOG_LEVELS = ("debug", "info", "warning", "error")
LOG_FORMATS = ("text", "json")
SWITCH: Mapping[str, bool] = {
    "1": True,
    "true": True,
    "yes": True,
    "0": False,
    "false": False,
    "no": False,
}
HIGHEST_PORT = 65_535
LONGEST_COUNT = 12
"""Digits of a whole number."""

_URL = re.compile(r"https?://[^\s/\"'<>?#]+(/[^\s\"'<>?#]*)?")


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
    log_format: str = "text"
    """``json`` writes one object a line, for a machine to read."""
    log_questions: bool = False
    """Whether the log may hold what is asked."""
    public_url: str = ""
    """What links begin with; by default, the address that the client used."""
    keys: Path = Path("var/ibid-keys")
    """File of hashed API keys; where it exists, every request needs one."""
    without_keys: bool = False
    """Whether to listen beyond this machine although there are no keys."""
    origins: tuple[str, ...] = ()
    """Web pages that may call from a browser; none by default."""
    traces: str = ""
    """Address of an OpenTelemetry collector; without one nothing is traced."""
    proxies: tuple[str, ...] = ()
    """Addresses and networks of proxies, whose word on a client's address is taken."""
    rate_per_minute: int = 1200
    """Requests that one key, or one address without a key, may make; 0 lifts the limit."""
    body_bytes: int = 1_000_000
    body_seconds: float = 20.0
    """How long a client may take to send a request."""
    workers: int = min(4, os.cpu_count() or 1)
    """Questions that are answered at once."""
    waiting: int = 128
    """Questions that may wait; what comes on top is refused."""
    patience_seconds: float = 30.0
    """How long a question may take, its wait included."""

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


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value.lower() not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return value.lower()

    return parse


def _switch(value: str) -> bool:
    if value.lower() not in SWITCH:
        raise ValueError(f"one of {', '.join(SWITCH)}")
    return SWITCH[value.lower()]


def _count(least: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        # Longer than any sensible count, and int() refuses thousands of digits.
        if not (value.isascii() and value.isdigit() and len(value) < LONGEST_COUNT):
            raise ValueError(f"a whole number from {least} on")
        if int(value) < least:
            raise ValueError(f"a whole number from {least} on")
        return int(value)

    return parse


def _url(value: str) -> str:
    if not _URL.fullmatch(value):
        raise ValueError("an address that begins with http:// or https://")
    return value.rstrip("/")


def _origins(value: str) -> tuple[str, ...]:
    found = tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
    if not all(_URL.fullmatch(origin) for origin in found):
        raise ValueError("addresses such as https://chat.example, parted by commas")
    return found


def _networks(value: str) -> tuple[str, ...]:
    parts = [part.strip() for part in value.split(",") if part.strip()]
    try:
        # Written out as a network, so that none is taken for a name.
        found = tuple(str(ipaddress.ip_network(part)) for part in parts)
    except ValueError as error:
        raise ValueError(
            "addresses or networks such as 10.0.0.2, 10.1.0.0/16, parted by commas"
        ) from error
    if any(network.endswith("/0") for network in found):
        raise ValueError("networks smaller than all addresses, whose word anyone could give")
    return found


_PARSERS: Mapping[str, Callable[[str], object]] = {
    "store": _path,
    "host": _host,
    "port": _port,
    "refresh_seconds": _seconds,
    "log_level": _one_of(*LOG_LEVELS),
    "log_format": _one_of(*LOG_FORMATS),
    "log_questions": _switch,
    "public_url": _url,
    "keys": _path,
    "without_keys": _switch,
    "origins": _origins,
    "proxies": _networks,
    "traces": _url,
    "rate_per_minute": _count(0),
    "body_bytes": _count(1),
    "body_seconds": _seconds,
    "workers": _count(1),
    "waiting": _count(0),
    "patience_seconds": _seconds,
}
