"""One way in for every uploaded file."""

import hashlib
import io
from typing import Any, Protocol

from app.core.uploads import documents, pictures
from app.core.uploads.errors import FileEmpty, FileTooLarge, PictureTooSmall, WrongKind
from app.core.uploads.names import safe_name
from app.core.uploads.rules import CleanFile, Kind, Upload
from app.core.uploads.strangers import seems

_CHUNK = 64 * 1024
_CHECKS = {
    Kind.PDF: documents.check_pdf,
    Kind.XLSX: documents.check_xlsx,
    Kind.XLS: documents.check_xls,
}


class Readable(Protocol):
    """What is read: a form's file, an open file, bytes in memory."""

    def read(self, size: int, /) -> bytes: ...


def inspect(stream: Readable, filename: str | None, rule: Upload) -> CleanFile:
    """Check an uploaded file against its rule and clean it; refuses with an UploadError.

    Never holds more than the rule's limit and one byte. Pictures are drawn anew, so their
    content, size and digest are those of the new file.
    """
    content = _read(stream, rule)
    kind = sniff(content)
    if kind not in rule.kinds:
        raise WrongKind(rule.what, rule.kind_names, seems(content))
    width = height = copy = None
    if kind in _CHECKS:
        _CHECKS[kind](content)
    else:
        content, kind, width, height = pictures.redraw(content, kind, rule.max_bytes)
        if width < rule.min_width or height < rule.min_height:
            raise PictureTooSmall(width, height, (rule.min_width, rule.min_height))
        copy = pictures.exchange_copy(content) if rule.exchanged else None
    return CleanFile(
        content=content,
        mime=kind.mime,
        extension=kind.extension,
        original_name=safe_name(filename, kind),
        sha256=hashlib.sha256(content).hexdigest(),
        width=width,
        height=height,
        exchange_copy=copy,
    )


def sniff(content: bytes) -> Kind | None:
    """Know a kind by its content; None for everything that is taken nowhere."""
    if content.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"%PDF-1.", b"%PDF-2.")):
        return Kind.PDF
    if content.startswith(b"PK\x03\x04") and documents.is_xlsx(content):
        return Kind.XLSX
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") and documents.is_xls(content):
        return Kind.XLS
    return None


def _size(stream: Any) -> int | None:
    """Ask a stream for its size without reading it, and go back to its beginning."""
    try:
        size = stream.seek(0, io.SEEK_END)
        size = stream.tell() if size is None else size
        stream.seek(0)
    except (AttributeError, OSError, ValueError):
        return None
    return size


def _read(stream: Readable, rule: Upload) -> bytes:
    size = _size(stream)
    if size is not None and size > rule.max_bytes:
        raise FileTooLarge(rule.what, size, rule.max_bytes)
    content = bytearray()
    while chunk := stream.read(min(_CHUNK, rule.max_bytes + 1 - len(content))):
        content += chunk
        if len(content) > rule.max_bytes:
            raise FileTooLarge(rule.what, None, rule.max_bytes)
    if not content:
        raise FileEmpty
    return bytes(content)
