"""The code lists columns refer to; the reference domain keeps and loads them."""

import time
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from flask_babel import get_locale, gettext

from app.core import checks


@dataclass(frozen=True)
class Entry:
    """One code of a dictionary with its labels; ``retired`` codes are shown, not offered.

    ``facts`` are what the list says of the code beside its words, such as a certificate's trades.
    """

    code: str
    label_zh: str
    label_en: str
    retired: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Table:
    """One dictionary: its names and entries in order."""

    name_zh: str
    name_en: str
    entries: dict[str, Entry] = field(default_factory=dict)

    @cached_property
    def by_label(self) -> dict[str, Entry]:
        """Give the entries by their labels, also as a sheet folds them: （ as (."""
        found: dict[str, Entry] = {}
        for fold in (str, checks.fold_text):
            for entry in self.entries.values():
                found.setdefault(fold(entry.label_zh), entry)
                found.setdefault(fold(entry.label_en), entry)
        return found

    @cached_property
    def by_bare_label(self) -> dict[str, list[Entry]]:
        """Give the entries by their Chinese label without its suffix."""
        found: dict[str, list[Entry]] = {}
        for entry in self.entries.values():
            found.setdefault(_bare(entry.label_zh), []).append(entry)
        return found


Loader = Callable[[], dict[str, Table]]
FRESH_SECONDS = 30.0
REGIONS = "region"  # GB/T 2260: two digits each for province, city and district
NEAR = ("4407", "44")  # Jiangmen, Guangdong
SUFFIXES = ("自治区", "特别行政区", "省", "市", "区", "县", "族", "性")  # the longer ones first
NEAREST = 3

_loader: Loader | None = None
_cache: tuple[float, dict[str, Table]] = (0.0, {})


def install(loader: Loader) -> None:
    """Say where the dictionaries come from."""
    global _loader  # noqa: PLW0603 - one loader a process
    _loader = loader
    forget()


def forget() -> None:
    """Read the dictionaries anew at the next use."""
    global _cache  # noqa: PLW0603 - one cache a process
    _cache = (0.0, {})


def tables() -> dict[str, Table]:
    """Give all dictionaries, at most half a minute old."""
    global _cache  # noqa: PLW0603 - one cache a process
    read_at, found = _cache
    if _loader is not None and time.monotonic() - read_at > FRESH_SECONDS:
        found = _loader()
        if found:
            _cache = (time.monotonic(), found)
    return found


def _table(name: str) -> Table:
    return tables().get(name) or Table(name, name)


def _in_english() -> bool:
    locale = get_locale()
    return locale is not None and locale.language == "en"


def title(name: str) -> str:
    """Give the name of a dictionary in the reader's language."""
    table = _table(name)
    return table.name_en if _in_english() else table.name_zh


def label(name: str, code: str) -> str:
    """Give the label of a code; the code itself when the list does not know it."""
    entry = _table(name).entries.get(code)
    return code if entry is None else _words(entry, english=_in_english())


def _words(entry: Entry, *, english: bool) -> str:
    return (entry.label_en or entry.label_zh) if english else entry.label_zh


def placed(name: str, code: str) -> str:
    """Give the label of a region below province and city, of any other code its label alone."""
    if name != REGIONS:
        return label(name, code)
    entries = _table(name).entries
    above = [entries.get(f"{code[:2]}0000"), entries.get(f"{code[:4]}00"), entries.get(code)]
    english = _in_english()
    words = [
        _words(entry, english=english)
        for entry in dict.fromkeys(above)
        if entry and (entry.code == code or not entry.retired)
    ]
    return ", ".join(reversed(words)) if english else "".join(words)


def near_first(name: str, found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give codes and labels in order, regions of the own city and province before the others."""
    if name != REGIONS:
        return found
    return sorted(found, key=lambda one: [not one[0].startswith(near) for near in NEAR])


def facts(name: str, code: str) -> Mapping[str, Any]:
    """Give what a list says of a code beside its words; nothing of a code it does not know."""
    entry = _table(name).entries.get(code)
    return {} if entry is None else entry.facts


def options(name: str) -> list[tuple[str, str]]:
    """Give codes and labels that may be chosen, in order."""
    english = _in_english()
    return [
        (entry.code, _words(entry, english=english))
        for entry in _table(name).entries.values()
        if not entry.retired
    ]


def sought(name: str) -> list[tuple[str, str]]:
    """Give codes and labels rows may have: those that may be chosen, then the retired, marked."""
    english = _in_english()
    return options(name) + [
        (entry.code, gettext("%(label)s (retired)", label=_words(entry, english=english)))
        for entry in _table(name).entries.values()
        if entry.retired
    ]


def codes(name: str) -> set[str]:
    """Give every code of a dictionary, retired ones included."""
    return set(_table(name).entries)


def find(name: str, text: str) -> str | None:
    """Find a code by itself, by one of its labels, or by its label as people write it.

    汉族 stands for 汉, 男性 for 男, 新会 for 新会区 — as long as one entry alone can be meant.
    """
    table = _table(name)
    if text in table.entries:
        return text
    if (entry := table.by_label.get(text)) is not None:
        return entry.code
    meant = _meant(name, text)
    return meant[0].code if len(meant) == 1 else None


def nearest(name: str, text: str, among: Container[str] | None = None) -> list[str]:
    """Give the labels on offer a text that is none of them may stand for, best first."""
    english = _in_english()
    offered = [
        entry for entry in _table(name).entries.values()
        if not entry.retired and (among is None or entry.code in among)
    ]  # fmt: skip
    meant = [_words(entry, english=english) for entry in _meant(name, text) if entry in offered]
    near = get_close_matches(text, [_words(entry, english=english) for entry in offered], NEAREST)
    return list(dict.fromkeys([*meant, *near]))[:NEAREST]


def _meant(name: str, text: str) -> list[Entry]:
    """Give the entries whose label is the text but for a suffix of either."""
    found = _table(name).by_bare_label.get(_bare(text), [])
    return [entry for entry in found if not entry.retired] or found


def _bare(text: str) -> str:
    for suffix in SUFFIXES:
        if text.endswith(suffix) and len(text) > len(suffix):
            return text.removesuffix(suffix)
    return text
