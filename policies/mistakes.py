"""Reading what people write: all mistakes at once, each with its place and what to write instead.

Policy and rights files are TOML. A key nobody knows is a mistake, never a silent nothing.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from policies.lines import key_lines
from policies.names import shown

_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong: ``key`` is the dotted place ("" is the file), ``hint`` what to do.

    ``line`` is where the key stands in the file, from 1; 0 where that is not known.
    """

    key: str
    message: str
    hint: str = ""
    line: int = 0

    @property
    def placed(self) -> str:
        """The mistake as a sentence that begins with its line."""
        return f"line {self.line}: {self}" if self.line else str(self)

    def __str__(self) -> str:
        place = f"{self.key}: " if self.key else ""
        return f"{place}{self.message}" + (f" ({self.hint})" if self.hint else "")


class Mistakes(ValueError):  # noqa: N818 (what somebody made, not what failed)
    """A file cannot be used. ``mistakes`` holds everything that is wrong with it."""

    what = "file"

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        number = "1 mistake" if len(self.mistakes) == 1 else f"{len(self.mistakes)} mistakes"
        super().__init__("\n".join([f"{number} in the {self.what}:", self.listed]))

    @property
    def listed(self) -> str:
        """All mistakes, one a line, each with the line of the file it is in."""
        return "\n".join(mistake.placed for mistake in self.mistakes)


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a TOML document; every mistake found in it goes into the shared list."""

    content: Mapping[str, Any]
    prefix: str = ""
    mistakes: list[Mistake] = field(default_factory=list)
    lines: Mapping[str, int] = field(default_factory=dict)

    def wrong(self, name: str, message: str, hint: str = "") -> None:
        """Note a mistake at the key ``name`` of this table ("" is the table itself)."""
        key = (self.prefix + shown(name)).rstrip(".")
        line = self._line((self.prefix + name).rstrip("."))
        self.mistakes.append(Mistake(key, message, hint, line))

    def _line(self, key: str) -> int:
        """Return the line of a key, or of the table it is missing in."""
        while key and key not in self.lines:
            key = key.rpartition(".")[0]
        return self.lines.get(key, 0)

    def only(self, names: Iterable[str]) -> None:
        """Note every key that is not one of ``names``."""
        names = list(names)
        for name in self.content:
            if name not in names:
                self.wrong(name, "there is no such key", suggestion(name, names))

    def is_newer_than(self, version: int, what: str) -> bool:
        """Note, and tell, that this ``what`` is of a later version than ``version``."""
        found = self.content.get("version")
        if type(found) is not int or found <= version:
            return False
        hint = f"update the program, or write the {what} for this version"
        self.wrong("version", f"{found} is newer than {version}, which we understand", hint)
        return True

    def table(self, name: str) -> Table | None:
        """Return the table ``name``; note when it is missing or something else."""
        if name not in self.content:
            self.wrong(name, "this table is missing", f"add [{self.prefix}{name}]")
            return None
        value = self.content[name]
        if not isinstance(value, dict):
            self.wrong(name, "must be a table", f"write [{self.prefix}{name}]")
            return None
        return Table(value, f"{self.prefix}{name}.", self.mistakes, self.lines)

    def value(self, name: str, kind: Any, must: str = "") -> Any:
        """Return the value of ``name`` as ``kind``, a type msgspec knows.

        ``must`` says in words what it must be, where msgspec would show a pattern. Notes the
        mistake and returns ``None`` when the key is missing or of another type.
        """
        if name not in self.content:
            self.wrong(name, "this key is missing")
            return None
        try:
            return msgspec.convert(self.content[name], kind)
        except msgspec.ValidationError as error:
            self.wrong(name, must or in_words(error))
            return None

    def word(self, name: str, allowed: Iterable[str]) -> str | None:
        """Return the text of ``name``, which must be one of ``allowed``; else note it."""
        word: str | None = self.value(name, str)
        return None if word is None else self._known(name, word, list(allowed))

    def words(self, name: str, allowed: Iterable[str]) -> tuple[str, ...]:
        """Return a list of words, each once and each of ``allowed``; note every other."""
        allowed = list(allowed)
        words: list[str] = self.value(name, list[str]) or []
        for word in dict.fromkeys(words):
            if self._known(name, word, allowed) and words.count(word) > 1:
                self.wrong(name, f"{word!a} stands there {words.count(word)} times")
        return tuple(words)

    def _known(self, name: str, word: str, allowed: list[str]) -> str | None:
        if word in allowed:
            return word
        self.wrong(name, f"{word!a} is not known", suggestion(word, allowed))
        return None


_BOUND = re.compile(r"Expected (?:int|float) ([<>]=?) (-?[\d.]+)")
_BOUNDS = {"<=": "at most", ">=": "at least", "<": "less than", ">": "more than"}


def in_words(error: msgspec.ValidationError) -> str:
    """Return what msgspec says, a bound of numbers as people say it."""
    said = str(error).replace("`", "")
    bound = _BOUND.fullmatch(said)
    return said if bound is None else f"must be {_BOUNDS[bound[1]]} {float(bound[2]):g}"


def parse_toml(data: bytes) -> Table:
    """Return the document in ``data``; it is empty, with one mistake, where it is no TOML."""
    root = Table({})
    if len(data) > _MOST_BYTES:
        root.wrong("", f"the file has {len(data):,} bytes", "is it the right file?")
        return root
    try:
        text = data.decode("utf-8")
        return Table(tomllib.loads(text), lines=key_lines(text))
    except UnicodeDecodeError as error:
        root.wrong("", f"not UTF-8 at byte {error.start}", "save the file as UTF-8")
    except tomllib.TOMLDecodeError as error:
        root.wrong("", f"not TOML: {error}", "https://toml.io tells how TOML is written")
    except RecursionError:
        root.wrong("", "not TOML a person would write: nested too deep")
    return root


def suggestion(word: str, names: Iterable[str]) -> str:
    """Return "did you mean ...?", or what there is to choose from."""
    names = list(names)
    if close := difflib.get_close_matches(word, names, n=1):
        return f"did you mean {close[0]}?"
    return "known are: " + ", ".join(names)


def suggested(word: str, names: Iterable[str]) -> str:
    """Return :func:`suggestion` as a sentence."""
    said = suggestion(word, names)
    return f"{said[:1].upper()}{said[1:]}{'' if said.endswith('?') else '.'}"
