"""File names as people wrote them, without what a name must not carry."""

import unicodedata

from app.core.uploads.rules import Kind

MAX_NAME_BYTES = 240
MAX_NAME_LENGTH = 100
_REPLACED = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
_DROPPED = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # control, bidi and zero-width, surrogates, separators
_KNOWN = {suffix for kind in Kind for suffix in kind.suffixes}
_DEVICES = {"con", "prn", "aux", "nul"} | {
    f"{port}{n}" for port in ("com", "lpt") for n in range(10)
}


def safe_name(filename: str | None, kind: Kind) -> str:
    """Keep the last part of a name, Chinese included, and end it with the kind's extension.

    Directories, control characters, bidi overrides and reserved signs go; at most 100
    characters and 240 bytes remain; a name of which nothing remains becomes `file`.
    """
    name = unicodedata.normalize("NFC", (filename or "").replace("\\", "/"))
    name = "".join(sign for sign in name if unicodedata.category(sign) not in _DROPPED)
    name = name.rpartition("/")[2].translate(_REPLACED)
    name = " ".join(name.split()).strip(". ")
    stem, dot, suffix = name.rpartition(".")
    if not dot or suffix.lower() not in _KNOWN:
        stem, suffix = name, kind.extension
    elif suffix.lower() not in kind.suffixes:
        suffix = kind.extension
    return f"{_shortened(stem, suffix)}.{suffix}"


def _shortened(stem: str, suffix: str) -> str:
    stem = stem[: MAX_NAME_LENGTH - len(suffix) - 1]
    room = MAX_NAME_BYTES - len(suffix) - 1
    stem = stem.encode()[:room].decode("utf-8", "ignore").strip(". ") or "file"
    return f"_{stem}" if stem.partition(".")[0].lower() in _DEVICES else stem
