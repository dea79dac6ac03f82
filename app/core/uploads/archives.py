"""Zip archives of pictures, opened with care: nothing is ever written where an archive says.

Refused are archives with a password, with paths that lead out of it, and those that inflate to
many times their size. Names are read as Windows writes them in China (GBK) and as others do.
"""

import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any, BinaryIO

from flask_babel import lazy_gettext as _

from app.core.uploads.errors import FileDamaged, FileEmpty, FileLocked, UploadError, readable_size

UTF8_NAME = 0x800
ENCRYPTED = 0x1
JUNK_FOLDERS = ("__MACOSX/",)
JUNK_NAMES = {".ds_store", "thumbs.db", "desktop.ini"}
MOST_TIMES = 30  # pictures hardly shrink: an archive of them that does is none
FREE = 20 * 1024 * 1024  # what an archive may always inflate to
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, LookupError)


class NotAZip(UploadError):
    """Something else than a zip archive."""

    def __init__(self) -> None:
        super().__init__(
            _("This is no zip archive: put the pictures into a .zip (not .rar or .7z) and upload"
              " that")
        )  # fmt: skip


class TooManyFiles(UploadError):
    """More files than are taken at once."""

    def __init__(self, number: int, most: int) -> None:
        super().__init__(
            _(
                "The archive holds %(n)s files and at most %(most)s are taken: split it",
                n=number, most=most,
            )
        )  # fmt: skip


class ArchiveBomb(UploadError):
    """An archive that would inflate beyond all measure."""

    def __init__(self, size: int) -> None:
        super().__init__(
            _(
                "The archive would inflate to %(size)s, far more than pictures do: make it anew"
                " from the pictures alone",
                size=readable_size(size),
            )
        )


class PathTrick(UploadError):
    """A name in the archive that leads out of it."""

    def __init__(self) -> None:
        super().__init__(
            _("The archive holds file names that lead out of it (such as ../): make it anew")
        )


@dataclass(frozen=True)
class Member:
    """One file of an archive."""

    path: str
    size: int
    info: zipfile.ZipInfo

    @property
    def name(self) -> str:
        """Give the name without its folders."""
        return self.path.rpartition("/")[2]


class Archive:
    """The files of an archive that passed its checks, read one by one."""

    def __init__(self, stream: BinaryIO | Any, *, most_files: int, most_bytes: int) -> None:
        """Open an archive; raises an UploadError that says how to mend it."""
        stream.seek(0)
        if not stream.read(1):
            raise FileEmpty
        stream.seek(0)
        if not zipfile.is_zipfile(stream):
            raise NotAZip
        try:
            self._zip = zipfile.ZipFile(stream)
            infos = [info for info in self._zip.infolist() if not info.is_dir()]
        except _BROKEN:
            raise FileDamaged from None
        if any(info.flag_bits & ENCRYPTED for info in infos):
            raise FileLocked
        if any(info.filename == "[Content_Types].xml" for info in infos):
            raise NotAZip
        self.members = [one for one in map(_member, infos) if not _is_junk(one.path)]
        if len(self.members) > most_files:
            raise TooManyFiles(len(self.members), most_files)
        _refuse_bomb(infos, most_bytes)

    def read(self, member: Member, limit: int) -> bytes:
        """Give at most one byte more than ``limit`` of a file; FileDamaged when it is torn."""
        try:
            with self._zip.open(member.info) as opened:
                return opened.read(limit + 1)
        except (*_BROKEN, NotImplementedError, RuntimeError):
            raise FileDamaged from None


def _refuse_bomb(infos: list[zipfile.ZipInfo], most_bytes: int) -> None:
    inflated = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    if inflated > most_bytes or inflated > max(FREE, packed * MOST_TIMES):
        raise ArchiveBomb(inflated)


def _member(info: zipfile.ZipInfo) -> Member:
    path = unicodedata.normalize("NFKC", _decoded(info)).replace("\\", "/")
    parts = path.split("/")
    if path.startswith("/") or ".." in parts or ":" in parts[0] or "\0" in path:
        raise PathTrick
    return Member(path, info.file_size, info)


def _decoded(info: zipfile.ZipInfo) -> str:
    """Read a name that does not say its encoding: UTF-8 where it is that, else as Windows does."""
    if info.flag_bits & UTF8_NAME:
        return info.filename
    try:
        raw = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _is_junk(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    return path.startswith(JUNK_FOLDERS) or name in JUNK_NAMES or name.startswith("._")
