"""What may be uploaded where, and what comes out of the check."""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _

from app.core.uploads.errors import MEGABYTE


class Kind(Enum):
    """A kind of file known by its content: (mime, extension, extensions people give it)."""

    JPEG = ("image/jpeg", "jpg", ("jpg", "jpeg"))
    PNG = ("image/png", "png", ("png",))
    PDF = ("application/pdf", "pdf", ("pdf",))
    XLSX = (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
        ("xlsx",),
    )
    XLS = ("application/vnd.ms-excel", "xls", ("xls",))

    @property
    def mime(self) -> str:
        return self.value[0]

    @property
    def extension(self) -> str:
        return self.value[1]

    @property
    def suffixes(self) -> tuple[str, ...]:
        return self.value[2]


@dataclass(frozen=True)
class Upload:
    """A rule for uploaded files; `max_bytes` bounds what arrives and what is kept."""

    what: Any
    kinds: tuple[Kind, ...]
    max_bytes: int
    min_width: int = 0
    min_height: int = 0
    exchanged: bool = False  # kept as a small copy too, which the national interface exchanges

    @property
    def kind_names(self) -> str:
        """The kinds taken, for a sentence: `jpg, jpeg, png`."""
        return ", ".join(suffix for kind in self.kinds for suffix in kind.suffixes)

    @property
    def accept(self) -> str:
        """The kinds taken, for the `accept` attribute of a file field.

        Pictures go by their type, so that a telephone offers its camera.
        """
        return ",".join(
            kind.mime if kind in _PICTURES else f".{suffix}"
            for kind in self.kinds
            for suffix in (kind.suffixes[:1] if kind in _PICTURES else kind.suffixes)
        )


@dataclass(frozen=True)
class CleanFile:
    """A file that passed its rule; width and height in pixels, None when it is no picture.

    ``exchange_copy`` is the small JPEG beside it, None where its rule wants none.
    """

    content: bytes
    mime: str
    extension: str
    original_name: str
    sha256: str
    width: int | None = None
    height: int | None = None
    exchange_copy: bytes | None = None


_PICTURES = (Kind.JPEG, Kind.PNG)

# screens.md section 0: pictures, face photos, documents
PICTURE = Upload(_("Picture"), _PICTURES, 5 * MEGABYTE)
EXCHANGED = replace(PICTURE, exchanged=True)
FACE = Upload(
    _("Face photo"), _PICTURES, 5 * MEGABYTE, min_width=160, min_height=210, exchanged=True
)
DOCUMENT = Upload(_("Document"), (Kind.PDF, *_PICTURES), 20 * MEGABYTE)
# open-api.md section 8: attachment {name, data}, 1 MB each, decoded bytes
ATTACHMENT = Upload(_("Attachment"), (Kind.PDF, *_PICTURES), MEGABYTE)
# screens.md section 14: workbooks of an import
SHEET = Upload(_("Workbook"), (Kind.XLSX, Kind.XLS), 20 * MEGABYTE)
