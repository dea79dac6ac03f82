"""What a file of a wrong kind seems to be, so that its refusal names the way out."""

import io
import zipfile
from typing import Any

from flask_babel import lazy_gettext as _

HEAD = 4096
TEXT_SAMPLE = 512
_BEGINNINGS = (
    (b"MZ", _("It is a program.")),
    (b"\x7fELF", _("It is a program.")),
    (b"%PDF", _("It is a PDF.")),
    (b"\xff\xd8\xff", _("It is a picture.")),
    (b"\x89PNG", _("It is a picture.")),
    (b"GIF8", _("It is a picture.")),
    (b"Rar!", _("It is an archive: unpack it and upload the file inside.")),
    (b"7z\xbc\xaf", _("It is an archive: unpack it and upload the file inside.")),
    (b"\x1f\x8b", _("It is an archive: unpack it and upload the file inside.")),
)
_WEB = _(
    "It is a web page another system has named .xls: open it in Excel or WPS and save it as a"
    " workbook."
)
_XML = _("It is an XML file: open it in Excel or WPS and save it as a workbook.")
_TEXT = _("It is plain text: open it in Excel or WPS and save it as a workbook.")


def seems(content: bytes) -> Any:
    """Say in a sentence what a file seems to be by its content; nothing when it looks like none."""
    for beginning, sentence in _BEGINNINGS:
        if content.startswith(beginning):
            return sentence
    if content.startswith(b"PK"):
        return _of_archive(content)
    head = content[:HEAD].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"mime-version")):
        return _WEB
    if head.startswith(b"<?xml"):
        return _WEB if b"<html" in head else _XML
    return _TEXT if _is_text(content) else ""


def _of_archive(content: bytes) -> Any:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        names = []
    if "content.xml" in names:
        return _("It is an ODS table of LibreOffice: save it as .xlsx.")
    if any(name.startswith("word/") for name in names):
        return _("It is a Word document: copy its table into the template.")
    if any(name.startswith("ppt/") for name in names):
        return _("It is a PowerPoint document.")
    return _BEGINNINGS[-1][1]


def _is_text(content: bytes) -> bool:
    """Tell whether a file begins as text does, in one of the codings of Chinese programs."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    sample = content[:TEXT_SAMPLE]
    return not any(byte < ord(" ") and byte not in b"\t\r\n" for byte in sample)
