"""Where a gateway is: HOST:PORT, unix:PATH, or relay://TOKEN@HOST:PORT.

Several may be named, separated by commas.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

DEFAULT = "127.0.0.1:7433"
DEFAULT_PORT = 7433


@dataclass(frozen=True, slots=True)
class Address:
    """One gateway."""

    host: str = ""
    port: int = DEFAULT_PORT
    path: str = ""
    token: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"unix:{self.path}" if self.path else f"{self.host}:{self.port}"


def parse(text: str) -> list[Address]:
    """The gateways that a text names, at least one."""
    addresses = [_parse_one(part.strip()) for part in text.split(",") if part.strip()]
    if not addresses:
        raise ValueError("no address: expected HOST:PORT or unix:PATH")
    return addresses


def _parse_one(text: str) -> Address:
    if text.startswith("unix:"):
        return Address(path=text[5:].removeprefix("//"))
    parts = urlsplit(text if "://" in text else f"relay://{text}")
    if parts.scheme != "relay" or not parts.hostname:
        raise ValueError("not an address: expected HOST:PORT, unix:PATH or relay://TOKEN@HOST:PORT")
    try:
        port = parts.port or DEFAULT_PORT
    except ValueError as error:
        raise ValueError("not an address: the port is not a number up to 65535") from error
    return Address(parts.hostname, port, token=unquote(parts.username or ""))
