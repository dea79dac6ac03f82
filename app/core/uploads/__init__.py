"""Uploaded files: checking, cleaning and keeping them.

`inspect` reads a stream no further than its rule allows, looks at the content instead of the
name, draws pictures anew and searches documents for active content; `FileStore` keeps the
result under its own digest.

Files are only ever served through a view that checks the row they belong to, as an attachment
(`Content-Disposition`) and with `SERVING_HEADERS`: what the search cannot see (it is named in
`app.core.uploads.documents`) must not run in the browser either.
"""

from app.core.uploads.archives import Archive, Member
from app.core.uploads.errors import (
    ActiveContent,
    FileDamaged,
    FileEmpty,
    FileLocked,
    FileTooLarge,
    PictureTooManyPixels,
    PictureTooSmall,
    UploadError,
    WrongKind,
)
from app.core.uploads.inspection import inspect
from app.core.uploads.names import safe_name
from app.core.uploads.pictures import exchange_copy, small_copy
from app.core.uploads.rules import (
    ATTACHMENT,
    DOCUMENT,
    EXCHANGED,
    FACE,
    PICTURE,
    SHEET,
    CleanFile,
    Kind,
    Upload,
)
from app.core.uploads.store import FileStore

SERVING_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
}

__all__ = [
    "ATTACHMENT",
    "DOCUMENT",
    "EXCHANGED",
    "FACE",
    "PICTURE",
    "SERVING_HEADERS",
    "SHEET",
    "ActiveContent",
    "Archive",
    "CleanFile",
    "FileDamaged",
    "FileEmpty",
    "FileLocked",
    "FileStore",
    "FileTooLarge",
    "Kind",
    "Member",
    "PictureTooManyPixels",
    "PictureTooSmall",
    "Upload",
    "UploadError",
    "WrongKind",
    "exchange_copy",
    "inspect",
    "safe_name",
    "small_copy",
]
