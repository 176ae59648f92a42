"""Writes erlpack.json beside itself; see ../README.md. The bytes are what `erlpack`, and so Oban for Python, makes."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import erlpack


def deep(levels: int, inner: Any) -> Any:
    for _ in range(levels):
        inner = [inner]
    return inner


READABLE: dict[str, Any] = {
    "None": None,
    "True": True,
    "False": False,
    **{f"integer {n}": n for n in (0, 1, 127, 128, 255, 256, -1, -256, 65_535)},
    "integer 2^31-1": 2**31 - 1,
    "integer -2^31": -(2**31),
    "integer 2^31": 2**31,
    "integer -2^31-1": -(2**31) - 1,
    "integer 2^53+1": 2**53 + 1,
    "integer 2^63-1": 2**63 - 1,
    "integer -2^63": -(2**63),
    "integer 2^63": 2**63,
    "integer 2^64-1, its largest": 2**64 - 1,
    **{f"float {x}": x for x in (0.0, -0.0, 1.0, -1.5, 0.1, 1e22, 1e308, -1e-308, 5e-324)},
    "str: empty": "",
    "str": "relay",
    "str in UTF-8": "Größe, привет, 😀",
    "str with quotes, backslashes and slashes": '"\\/"',
    "str with control characters": "a\b\f\n\r\t\x01\x1f\x7fz",
    "str with U+0000": "a\0b",
    "bytes: empty": b"",
    "bytes that are text": "Größe".encode(),
    "bytes that are no text": b"\x00\xff\xfe\x80",
    "list: empty": [],
    "list of bytes": [1, 2, 3],
    "list of everything": [None, True, False, 1, -1, 2**40, 1.5, "x", [], (), {}],
    "tuple": (1, "two", (3.0,)),
    "tuple of 300": tuple(range(300)),
    "dict: empty": {},
    "dict": {"a": 1, "b": "c", "größe": None, "": [], 'a"b\\c\n': True},
    "dict with keys of bytes": {b"a": 1},
    "dict with keys of integers": {0: "a", 255: "b", 1000: "c", -5: "d"},
    "dict with the keys None and True": {None: 1, True: 2},
    "dict of dicts": {"a": {"a": {"a": {}}}},
    "Atom": erlpack.Atom("ok"),
    "Atom in a tuple": (erlpack.Atom("ok"), 1),
    "Atom as a key": {erlpack.Atom("name"): "Anna"},
    "100 lists deep": deep(100, 1),
    "large": [{"id": n, "price": n / 8, "tags": ["a", "b"], "ok": n % 2 == 0} for n in range(250)],
}

REFUSED: dict[str, Any] = {
    "a float that is no number": float("nan"),
    "a float that is infinite": float("-inf"),
    "bytes that are no text, in a list": [b"\xff"],
    "bytes that are no text, in a dict": {"b": b"\xff"},
    "a key that is no text": {b"\xff": 1},
    "a key that is a float": {1.5: 1},
    "a key that is a tuple": {(1, 2): 3},
    "200 lists deep": deep(200, 1),
}


def as_json(value: Any) -> Any:
    """The value as the contract reads it."""
    match value:
        case bytes():
            return value.decode()
        case erlpack.Atom():
            return str(value)
        case list() | tuple():
            return [as_json(item) for item in value]
        case dict():
            return {as_key(key): as_json(item) for key, item in value.items()}
    return value


def as_key(key: Any) -> str:
    if key is None or isinstance(key, bool):
        return "nil" if key is None else str(key).lower()
    return str(as_json(key))


def entry(name: str, value: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"name": name, "term": base64.b64encode(erlpack.pack(value)).decode()}
    if name in REFUSED:
        return made | {"error": True}
    if isinstance(value, bytes):
        try:
            value.decode()
        except UnicodeDecodeError:
            return made | {"data": base64.b64encode(value).decode()}
    return made | {"json": json.dumps(as_json(value), ensure_ascii=False, separators=(",", ":"))}


lines = ",\n".join(json.dumps(entry(*item), ensure_ascii=False) for item in (READABLE | REFUSED).items())
(Path(__file__).parent / "erlpack.json").write_text(f"[\n{lines}\n]\n")
