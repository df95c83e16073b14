"""The errors of the service itself; those of the libraries are passed on as they are.

ServiceError
├── BadSetting          a variable of the environment that is unknown or cannot be read
├── ExtraMissing        a setting that wants packages which are not installed
├── AddressUnavailable  the address to listen on is taken, foreign or forbidden
├── CommandMissing      a command that belongs to a package that is not installed
├── NoIndexOpen         no index is open just now
├── DeskFull            more questions wait than may
├── TookTooLong         a result that was not there in time
├── ClientGone          a client that did not wait for its result
├── BadSpan             a stretch of text that ends before it begins
├── UnknownModel        a chat with a model that is not served
├── NoQuestion          a chat in which nobody asks anything
├── BadKeys             a file of API keys, or a name for one, that cannot be used
├── KeysMissing         a server that others can reach, and no API key
├── NoKey               a request without a valid API key
├── TooManyRequests     more requests than one client may make
├── StrangeHost         a request that calls the server by a name that is not its own
├── BodyTooLarge        a request of more bytes than one may have
└── BodyTooSlow         a request that was not there in time
"""

from __future__ import annotations

import math
from pathlib import Path


class ServiceError(Exception):
    """Base class of all errors the service raises itself."""


class BadSetting(ServiceError):
    """Raised when a variable ``IBID_...`` is unknown, or its value cannot be used."""


class ExtraMissing(ServiceError):
    """Raised when a setting wants packages that come with an extra."""

    def __init__(self, extra: str, variable: str) -> None:
        """Say which, and how to have them."""
        super().__init__(
            f"found {variable} set without the packages for it, expected them; install them with "
            f"pip install 'ibid[{extra}]', or unset it"
        )


class AddressUnavailable(ServiceError):
    """Raised when the server cannot listen where it was told to."""


class CommandMissing(ServiceError):
    """Raised when a command is known, but the package that holds it is not installed."""


class NoIndexOpen(ServiceError):
    """Raised when a question arrives and no index is open to answer it."""

    def __init__(self, *, reason: str, retry_after_seconds: int) -> None:
        """Keep the reason for the log and the wait for the reply.

        Args:
            reason: Why none is open; may name paths, so it is not for the wire.
            retry_after_seconds: When it is worth asking again.
        """
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds


class BadSpan(ServiceError):
    """Raised when a stretch of text is asked for that ends before it begins."""

    def __init__(self, start: int, end: int) -> None:
        """Say which stretch was asked for."""
        super().__init__(f"found start={start} and end={end}, expected start <= end; swap them")


class DeskFull(ServiceError):
    """Raised when more questions wait than may."""

    def __init__(self, taken: int) -> None:
        """Say how many are before it."""
        super().__init__(f"found {taken} questions in hand, expected fewer; ask again shortly")


class TookTooLong(ServiceError):
    """Raised when a result was not there in time."""

    def __init__(self, seconds: float) -> None:
        """Say how long was waited."""
        super().__init__(f"found no result after {seconds:g} s, expected one; ask again shortly")


class ClientGone(ServiceError):
    """Raised when a client hung up before its result was there; nobody reads the reply."""


class UnknownModel(ServiceError):
    """Raised when a chat names a model that is not served."""

    param = "model"

    def __init__(self, model: str, known: tuple[str, ...]) -> None:
        """Say which model was named and which there are."""
        names = " or ".join(known)
        super().__init__(f"The model {model!r} does not exist; expected {names}.")


class NoQuestion(ServiceError):
    """Raised when a chat holds no question: no message of the user with text in it."""

    param = "messages"

    def __init__(self) -> None:
        """Say what is expected."""
        super().__init__("found no message of the user with text, expected one; ask something")


class BadKeys(ServiceError):
    """Raised when a file of API keys, or a name for one, cannot be used."""

    def __init__(self, path: Path, found: str, expected: str) -> None:
        """Say where, what was found and what was expected."""
        super().__init__(f"{str(path)!r}: found {found}, expected {expected}")
        self.path = path


class KeysMissing(ServiceError):
    """Raised when a server that others can reach would answer anyone."""

    def __init__(self, host: str, path: Path) -> None:
        """Say what to do."""
        super().__init__(
            f"found no API key in {str(path)!r}, expected one, since others can reach {host}; make "
            "one with 'ibid key NAME', or say --without-keys"
        )


class NoKey(ServiceError):
    """Raised when a request brings no valid API key, where one is needed."""

    def __init__(self) -> None:
        """Say what is needed."""
        super().__init__("found no valid API key, expected one; send 'Authorization: Bearer KEY'")


class TooManyRequests(ServiceError):
    """Raised when a client makes more requests than it may."""

    def __init__(self, seconds: float) -> None:
        """Say when to come back."""
        self.retry_after_seconds = max(1, math.ceil(seconds))
        super().__init__(
            f"found too many requests, expected fewer; ask again in {self.retry_after_seconds} s"
        )


class StrangeHost(ServiceError):
    """Raised when a request calls the server by a name that is not its own."""

    def __init__(self) -> None:
        """Say which name is expected."""
        super().__init__(
            "found a request for another host, expected this one; use http://127.0.0.1 or "
            "localhost, or set IBID_PUBLIC_URL to the address that others use"
        )


class BodyTooLarge(ServiceError):
    """Raised when a request has more bytes than one may have."""

    def __init__(self, limit: int) -> None:
        """Say how many it may have."""
        super().__init__(f"found a longer request, expected at most {limit:,} bytes; shorten it")


class BodyTooSlow(ServiceError):
    """Raised when a request was not there in time."""

    def __init__(self, seconds: float) -> None:
        """Say how long was waited."""
        super().__init__(f"found part of a request after {seconds:g} s, expected all; send it anew")
