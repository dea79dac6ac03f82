"""Refusals of uploaded files: each sentence names the limit and the way out."""

from typing import Any

from flask_babel import lazy_gettext as _

KILOBYTE = 1024
MEGABYTE = 1024 * 1024


def readable_size(size: int) -> str:
    """Write a number of bytes as people do, at most one decimal, never rounded below itself."""
    unit, name = (MEGABYTE, "MB") if size >= MEGABYTE else (KILOBYTE, "KB")
    tenths = -(-size * 10 // unit)
    return f"{tenths // 10} {name}" if tenths % 10 == 0 else f"{tenths / 10:.1f} {name}"


class UploadError(Exception):
    """A file is refused; `sentence` is translated when it is shown."""

    def __init__(self, sentence: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


class FileEmpty(UploadError):
    """Nothing arrived."""

    def __init__(self) -> None:
        super().__init__(_("The file is empty (0 bytes). Choose the file again."))


class FileTooLarge(UploadError):
    """The file is larger than its rule allows; `size` is None when it was not read to its end."""

    def __init__(self, what: Any, size: int | None, limit: int) -> None:
        if size is None:
            sentence = _(
                "%(what)s too large: more than %(limit)s, which is the limit. "
                "Make it smaller, or split it, and upload it again.",
                what=what,
                limit=readable_size(limit),
            )
        else:
            sentence = _(
                "%(what)s too large: %(size)s, and the limit is %(limit)s. "
                "Make it smaller, or split it, and upload it again.",
                what=what,
                size=readable_size(size),
                limit=readable_size(limit),
            )
        super().__init__(sentence)
        self.size, self.limit = size, limit


class WrongKind(UploadError):
    """The content, whatever its name says, is of a kind not taken here.

    ``seems`` is a sentence about what it is instead, empty where nobody knows.
    """

    def __init__(self, what: Any, kinds: str, seems: Any = "") -> None:
        self.seems = seems
        super().__init__(
            _(
                "%(what)s of a wrong kind: by its content this file is none of %(kinds)s. "
                "Save it as one of these (renaming is not enough) and upload it again.",
                what=what,
                kinds=kinds,
            )
        )

    def __str__(self) -> str:
        return f"{self.sentence}{self.seems}"


class FileDamaged(UploadError):
    """The file begins as it should, but cannot be read to its end."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The file is damaged or incomplete. Open it on your computer, "
                "save it again and upload it once more."
            )
        )


class InflatesTooFar(UploadError):
    """A workbook would unpack beyond what any list of people needs."""

    def __init__(self, inflated: int) -> None:
        super().__init__(
            _(
                "The file would unpack to %(size)s, far more than a list holds. Copy its rows into"
                " a newly downloaded template and upload that.",
                size=readable_size(inflated),
            )
        )


class FileLocked(UploadError):
    """A workbook opens with a password only."""

    def __init__(self) -> None:
        super().__init__(_("The file is protected by a password. Remove it and upload it again."))


class ActiveContent(UploadError):
    """A document carries a program or another file."""

    def __init__(self, found: str) -> None:
        super().__init__(
            _(
                "The file contains scripts, programs or embedded files (%(found)s), which are "
                "not accepted. Print it to a new PDF, or save the workbook without macros.",
                found=found,
            )
        )
        self.found = found


class PictureTooSmall(UploadError):
    """A picture has fewer pixels than its rule asks for, seen upright."""

    def __init__(self, width: int, height: int, least: tuple[int, int]) -> None:
        super().__init__(
            _(
                "The picture is too small: %(width)s×%(height)s pixels, and at least "
                "%(least_width)s×%(least_height)s are needed. Take or choose a sharper one.",
                width=width,
                height=height,
                least_width=least[0],
                least_height=least[1],
            )
        )


class PictureTooManyPixels(UploadError):
    """A picture would need too much memory to draw."""

    def __init__(self, width: int, height: int, limit: int) -> None:
        super().__init__(
            _(
                "The picture has too many pixels: %(width)s×%(height)s, and the limit is "
                "%(limit)s million. Scale it down and upload it again.",
                width=width,
                height=height,
                limit=limit // 1_000_000,
            )
        )
