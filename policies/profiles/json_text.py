"""The JSON of a profile as a table, whatever somebody may have made of it."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from policies.mistakes import Table
from policies.names import shown

_MOST_BYTES = 1 << 20
_MOST_ENTRIES = 1_000
_MOST_CHARACTERS = 4_096


def parse_json(data: bytes) -> Table:
    """Return the object in ``data``; it is empty, with one mistake, where there is none.

    Files over 1 MiB, lists and objects over 1,000 entries and texts over 4,096 characters are none
    that anybody would write by hand.
    """
    root = Table({})
    if len(data) > _MOST_BYTES:
        root.wrong("", f"the file has {len(data):,} bytes", "is it the right file?")
        return root
    try:
        found = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_object)
        _text_of(found).encode()
    except UnicodeDecodeError as error:
        root.wrong("", f"not UTF-8 at byte {error.start}", "save the file as UTF-8")
    except UnicodeEncodeError:
        root.wrong("", "a character is given by half: \\uD800 to \\uDFFF stand in pairs")
    except json.JSONDecodeError as error:
        root.wrong("", f"not JSON: {error}", "a comma or a quotation mark may be missing there")
    except _TwiceError as error:
        root.wrong("", f"the key {shown(str(error))!a} stands there twice", "which one counts?")
    except RecursionError:
        root.wrong("", "not JSON a person would write: nested too deep")
    except ValueError as error:  # a number of thousands of digits
        root.wrong("", f"not JSON a person would write: {error}")
    else:
        return _table(root, found)
    return root


def _table(root: Table, found: Any) -> Table:
    if not isinstance(found, dict):
        root.wrong("", "a profile is an object: { ... }", "is it the right file?")
        return root
    for place, size, most in _sizes(found, ""):
        if size > most:
            root.wrong("", f"{shown(place[:80])} has {size:,} entries or characters; {most:,} will")
    return root if root.mistakes else Table(found)


def _sizes(value: Any, place: str) -> Any:
    """Yield where something stands, how long it is and how long it may be."""
    if isinstance(value, str):
        yield place, len(value), _MOST_CHARACTERS
    elif isinstance(value, list | dict):
        yield place or "the file", len(value), _MOST_ENTRIES
        pairs = value.items() if isinstance(value, dict) else enumerate(value, 1)
        for key, below in pairs:
            yield place or "a key", len(str(key)), _MOST_CHARACTERS
            yield from _sizes(below, f"{place}.{key}"[-200:].lstrip("."))


class _TwiceError(Exception):
    pass


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        [(key, _)] = Counter(key for key, _ in pairs).most_common(1)
        raise _TwiceError(key)
    return found


def _text_of(found: Any) -> str:
    return json.dumps(found, ensure_ascii=False)
