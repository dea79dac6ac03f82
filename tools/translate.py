"""Keep the catalogues: read messages from the code, merge the terms, check, compile.

    python tools/translate.py update | check | compile

Message ids are English. Chinese comes from ``translations/terms/*.csv`` (columns msgid, zh;
``house.csv`` before the others), else from the catalogue as it stands. English is the id.
``check`` fails on a message that is missing, empty, fuzzy or has other placeholders than its
id; it names each. ``compile`` writes what the program reads.
"""

import ast
import csv
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeGuard

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TERMS = ROOT / "translations" / "terms"
LOCALES = ("zh", "en")
# the reasons of leaving a scope stand in the audit log, in the reader's language
SCOPES = dict.fromkeys(("system_scope", "login_scope"))
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "_l": None, "__": None, "N_": None, **SCOPES}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
# a fixed date: the catalogue changes only where a message does
STAMP = datetime(2026, 11, 22, tzinfo=UTC)


def extract() -> set[str]:
    """Give every message id of code and templates."""
    with (ROOT / "babel" / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    found = extract_from_dir(ROOT, methods, options, KEYWORDS)
    plain = {message for _file, _line, message, _notes, _context in found if message}
    return plain.union(*(_nested(path) for path in (ROOT / "app").rglob("*.py")))


def _nested(path: Path) -> set[str]:
    """Give the messages the extractor is blind to: in formatted strings, in other calls."""
    calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if _marks(node))
    first = (call.args[0] for call in calls if call.args)
    return {arg.value for arg in first if isinstance(arg, ast.Constant) and arg.value}


def _marks(node: ast.AST) -> TypeGuard[ast.Call]:
    """Tell whether a node calls one of the keywords."""
    if not isinstance(node, ast.Call):
        return False
    return getattr(node.func, "id", getattr(node.func, "attr", "")) in KEYWORDS


def terms() -> dict[str, str]:
    """Give the Chinese of each term; say where two files disagree."""
    found: dict[str, tuple[str, str]] = {}
    files = sorted(TERMS.glob("*.csv"), key=lambda path: (path.stem != "house", path.stem))
    for path in files:
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                known = found.setdefault(row["msgid"], (row["zh"], path.stem))
                if known[0] != row["zh"] and known[1] != "house":
                    print(f"two words for “{row['msgid']}”: {known[0]} ({known[1]}),"
                          f" {row['zh']} ({path.stem})", file=sys.stderr)  # fmt: skip
    return {message: zh for message, (zh, _file) in found.items()}


def path_of(locale: str) -> Path:
    """Give the catalogue of a language."""
    return ROOT / "translations" / locale / "LC_MESSAGES" / "messages.po"


def stored(locale: str) -> Catalog:
    """Read the catalogue of a language as it stands; an empty one where there is none."""
    path = path_of(locale)
    if not path.exists():
        return Catalog(locale=locale)
    with path.open("rb") as lines:
        return read_po(lines, locale=locale)


def update() -> None:
    """Write both catalogues from code and terms."""
    messages, chinese, old = extract(), terms(), stored("zh")
    for locale in LOCALES:
        catalogue = Catalog(
            locale=locale, project="realname", version="1", creation_date=STAMP,
            revision_date=STAMP, last_translator="", language_team="", fuzzy=False,
        )  # fmt: skip
        catalogue.header_comment = (
            "# Written by tools/translate.py from code and translations/terms."
        )
        for message in sorted(messages):
            before = old.get(message)
            known = chinese.get(message) or (before.string if before else "") or ""
            catalogue.add(message, message if locale == "en" else known)
        path_of(locale).parent.mkdir(parents=True, exist_ok=True)
        with path_of(locale).open("wb") as out:
            write_po(out, catalogue, width=100, no_location=True, sort_output=True)


def problems() -> list[str]:
    """Give what is wrong with the catalogues, a line each."""
    messages = extract()
    found = []
    for locale in LOCALES:
        catalogue = stored(locale)
        for message in sorted(messages):
            entry = catalogue.get(message)
            if entry is None or not entry.string:
                found.append(f"{locale}: not translated: {message}")
            elif entry.fuzzy:
                found.append(f"{locale}: fuzzy: {message}")
            elif set(PLACEHOLDER.findall(message)) != set(PLACEHOLDER.findall(str(entry.string))):
                found.append(f"{locale}: other placeholders: {message}")
        left = [str(entry.id) for entry in catalogue if entry.id and entry.id not in messages]
        found += [f"{locale}: no longer used: {message}" for message in left]
    return found


def check() -> int:
    """Print what is wrong; give the exit code."""
    found = problems()
    for line in found:
        print(line)
    if found:
        print(f"{len(found)} messages: add them to translations/terms and run make translations")
    return 1 if found else 0


def compile_catalogues() -> None:
    """Write the catalogues in the form the program reads, where they have changed."""
    for locale in LOCALES:
        source = path_of(locale)
        target = source.with_suffix(".mo")
        if not source.exists() or (
            target.exists() and target.stat().st_mtime >= source.stat().st_mtime
        ):
            continue
        with target.open("wb") as out:
            write_mo(out, stored(locale))


def main() -> int:
    """Run one of the commands."""
    command = sys.argv[1] if len(sys.argv) > 1 else "check"
    if command == "update":
        update()
    elif command == "check":
        return check()
    compile_catalogues()
    return 0


if __name__ == "__main__":
    sys.exit(main())
