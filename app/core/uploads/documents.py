"""PDF documents and workbooks: whole, and without active content as far as can be seen.

The search reads every name token of a PDF, hexadecimal escapes resolved (`/J#61vaScript`), in
the file and inside object streams compressed with Flate. It cannot see object streams that are
encrypted or packed with other filters, and it does not follow the document's structure, so a
file made to mislead it (a false `stream` in a comment) can. That is why files are served only as
attachments, with nosniff and a sandbox policy.
"""

import io
import re
import zipfile
import zlib
from typing import Any

from app.core.uploads.errors import ActiveContent, FileDamaged, FileLocked, InflatesTooFar

TAIL = 2048
MAX_OBJECT_STREAMS = 10_000
MAX_OBJECT_BYTES = 64 * 1024 * 1024
MAX_INFLATED = 256 * 1024 * 1024
MAX_PARTS = 5_000
_CHUNK = 64 * 1024

_NAME = re.compile(rb"/([^\x00\t\n\f\r ()<>\[\]{}/%]{1,127})")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
# before the first element of an XML part only blanks, comments and instructions may stand
_DECLARATION = re.compile(
    rb"^(?:\xef\xbb\xbf)?(?:\s|<\?.*?\?>|<!--.*?-->)*<!(?:DOCTYPE|ENTITY)", re.DOTALL
)
_STREAM = re.compile(rb"stream\r?\n")
_STARTXREF = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF")
# Every script and launch names its action type, so the short key /JS, which random bytes
# of a picture hit by chance, need not be looked for.
_ACTIVE = {
    b"JavaScript",
    b"Launch",
    b"EmbeddedFile",
    b"EmbeddedFiles",
    b"GoToE",
    b"ImportData",
    b"Rendition",
    b"RichMedia",
    b"XFA",
}
_BOF = re.compile(rb"\x09\x08[\x08\x10]\x00")
_FILE_PASS = b"\x2f\x00"
_FIRST_RECORDS = 20
_OLE_SECTOR = 512
_OLE_ENTRY = 128


def check_pdf(content: bytes) -> None:
    """Refuse a PDF that is cut short (FileDamaged) or carries active content (ActiveContent)."""
    trailer = _STARTXREF.search(content[-TAIL:].rstrip(b"\x00\t\n\f\r "))
    if not trailer or int(trailer[1]) >= len(content):
        raise FileDamaged
    announced = _refuse_active(content)
    if len(announced) > MAX_OBJECT_STREAMS:
        raise ActiveContent("ObjStm")
    begins = {match.end() for at in announced if (match := _STREAM.search(content, at, at + 4096))}
    room = MAX_OBJECT_BYTES
    for begin in sorted(begins):
        objects = _inflated(content, begin, room)
        room -= len(objects)
        _refuse_active(objects)


def _refuse_active(content: bytes) -> list[int]:
    """Search the names of a text; returns where object streams are announced."""
    announced = []
    for match in _NAME.finditer(content):
        name = _ESCAPE.sub(lambda escape: bytes([int(escape[1], 16)]), match[1])
        if name in _ACTIVE:
            raise ActiveContent(name.decode("ascii"))
        if name == b"ObjStm":
            announced.append(match.end())
    return announced


def _inflated(content: bytes, begin: int, room: int) -> bytes:
    """Unpack a stream compressed with Flate, as far as it goes; others cannot be read here.

    A stream that needs more than `room` bytes is refused: nobody could search it to its end.
    """
    inflater, objects = zlib.decompressobj(), bytearray()
    for start in range(begin, len(content), _CHUNK):
        chunk, before = content[start : start + _CHUNK], inflater.copy()
        try:
            objects += inflater.decompress(chunk, room + 1 - len(objects))
        except zlib.error:
            objects += _up_to_damage(before, chunk, room + 1 - len(objects))
            break
        if inflater.eof or len(objects) > room:
            break
    if len(objects) > room:
        raise ActiveContent("ObjStm")
    return bytes(objects)


def _up_to_damage(inflater: Any, chunk: bytes, room: int) -> bytes:
    """Unpack what stands before a damaged byte or checksum: readers of PDF use it too."""
    objects = bytearray()
    for place in range(len(chunk)):
        try:
            objects += inflater.decompress(chunk[place : place + 1], max(room - len(objects), 1))
        except zlib.error:
            break
        if inflater.eof or len(objects) >= room:
            break
    return bytes(objects)


def check_xlsx(content: bytes) -> None:
    """Refuse a workbook with macros, one that inflates without end, and a damaged one."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS:
                raise FileDamaged
            if (inflated := sum(part.file_size for part in parts)) > MAX_INFLATED:
                raise InflatesTooFar(inflated)
            for part in parts:
                if part.filename.lower().endswith("vbaproject.bin"):
                    raise ActiveContent("vbaProject.bin")
                _read_part(archive, part)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, LookupError):
        raise FileDamaged from None
    except (NotImplementedError, RuntimeError):  # a packing or a password of the archive itself
        raise FileLocked from None


def _read_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Read a part to its end: a wrong length or checksum raises; and look at how it begins.

    A workbook declares no document type. With one a part may name itself again and again until
    no memory is left, or ask for files of the server.
    """
    with archive.open(part) as opened:
        head = opened.read(_CHUNK)
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
        if _DECLARATION.search(head):
            raise ActiveContent("DOCTYPE")
        while opened.read(_CHUNK):
            pass


def is_xlsx(content: bytes) -> bool:
    """Tell whether an archive holds a workbook; a torn one counts by its first part."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, LookupError):
        return b"[Content_Types].xml" in content[:TAIL] or b"xl/" in content[:TAIL]
    return "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names)


def is_xls(content: bytes) -> bool:
    """Tell whether a compound file holds a workbook; one torn before its directory counts."""
    names = ("Workbook", "Book", "EncryptedPackage")
    return _is_torn(content) or any(_has_entry(content, name) for name in names)


def check_xls(content: bytes) -> None:
    """Refuse an old workbook with macros, with a password, or torn off before its directory."""
    if _is_torn(content):
        raise FileDamaged
    if _has_entry(content, "EncryptedPackage") or _has_file_pass(content):
        raise FileLocked
    if _has_entry(content, "_VBA_PROJECT"):
        raise ActiveContent("_VBA_PROJECT")


def _has_file_pass(content: bytes) -> bool:
    """Tell whether the records of an old workbook are encrypted: one of the first says so."""
    begin = next((m.start() for m in _BOF.finditer(content) if m.start() % 64 == 0), len(content))
    for _record in range(_FIRST_RECORDS):
        number, length = content[begin : begin + 2], content[begin + 2 : begin + 4]
        if number == _FILE_PASS:
            return True
        begin += 4 + int.from_bytes(length, "little")
    return False


def _is_torn(content: bytes) -> bool:
    """Tell whether a compound file ends before the directory its header names."""
    directory = (int.from_bytes(content[48:52], "little") + 1) * _OLE_SECTOR
    return directory + _OLE_SECTOR > len(content)


def _has_entry(content: bytes, name: str) -> bool:
    """Tell whether the directory of a compound file names a stream or folder."""
    entry = name.encode("utf-16-le") + b"\0\0"
    position = content.find(entry)
    while position >= 0:
        if position % _OLE_ENTRY == 0:
            return True
        position = content.find(entry, position + 1)
    return False
