"""Files: pictures and documents that belong to a row (``core.files`` keeps them)."""

from collections.abc import Iterable
from typing import Any

from flask import g
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import ARRAY, BigInteger, select
from sqlalchemy.types import TypeEngine

from app.core import checks, thumbnails, uploads
from app.core.columns.base import EMPTY, Kind, specs


def described(numbers: Iterable[int]) -> dict[int, tuple[str, bool]]:
    """Give the name and whether it is a picture, of files the reader may see, by number.

    What was read once stands for the rest of the request.
    """
    from app.core.files import StoredFile
    from app.extensions import db

    known: dict[int, tuple[str, bool]] = g.setdefault("files_described", {})
    wanted = list(numbers)
    if missing := [number for number in wanted if number not in known]:
        columns = StoredFile.id, StoredFile.original_name, StoredFile.mime
        rows = db.session.execute(select(*columns).where(StoredFile.id.in_(missing)))
        known |= dict.fromkeys(missing, ("", False))
        known |= {row[0]: (row[1] or "", str(row[2]).startswith("image/")) for row in rows}
    return {number: known[number] for number in wanted}


def describe_all(*rows: Any) -> None:
    """Read at once what the files of some rows are called, before their values are drawn."""
    held = [
        getattr(row, name)
        for row in rows
        for name, spec in specs(type(row)).items()
        if isinstance(spec.kind, Document)
    ]
    described(number for value in held for number in _numbers(value))


def _numbers(value: Any) -> list[int]:
    return list(value) if isinstance(value, (list, tuple)) else [value] if value else []


class Document(Kind):
    """One file: a PDF or picture. The column holds the number of the stored file."""

    control = "file"
    rule: uploads.Upload = uploads.DOCUMENT
    many = False
    of = ""

    def sql(self) -> TypeEngine[Any]:
        return BigInteger()

    def clean(self, raw: Any) -> Any:
        return raw or None

    def show(self, value: Any) -> str | Markup:
        if not value:
            return EMPTY
        found = described(_numbers(value)).items()
        return Markup(" ").join(
            self._link(number, name, is_image=is_image, alone=len(found) == 1)
            for number, (name, is_image) in found
        )

    def _link(self, number: int, name: str, *, is_image: bool, alone: bool = True) -> Markup:
        """Draw the way to a file: one is opened, of several each goes by its name."""
        from flask import url_for

        return Markup('<a class="file-link" data-view="{}" data-name="{}" href="{}">{}</a>').format(
            "image" if is_image else "file", name,
            url_for("FileView.show", file_id=number), gettext("View") if alone else name,
        )  # fmt: skip

    def cell(self, value: Any) -> Any:
        return gettext("On file") if value else ""


class Picture(Document):
    """One picture; ``face`` asks for a face photo of at least 160 by 210 pixels.

    Face photos and pictures that are ``exchanged`` have a copy of at most 50 kB beside them, which
    the national interface takes (screens.md 0). ``identity`` marks a picture a whole number can be
    read from, such as an identity card or a bank card. It is shown as a link, so that only a look
    leaves a record (PIPL art 51, D9).
    """

    def __init__(
        self, *, face: bool = False, identity: bool = False, exchanged: bool = False
    ) -> None:
        plain = uploads.EXCHANGED if exchanged else uploads.PICTURE
        self.rule = uploads.FACE if face else plain
        self.identity = identity

    def _link(self, number: int, name: str, *, is_image: bool, alone: bool = True) -> Markup:  # noqa: ARG002 - see above
        from flask import url_for

        if self.identity:
            return super()._link(number, name, is_image=True)
        return Markup(
            '<a class="file-thumb" data-view="image" data-name="{1}" href="{0}">'
            '<img src="{2}" alt="" loading="lazy"></a>'
        ).format(url_for("FileView.show", file_id=number), name, thumbnails.address(number))


class Documents(Document):
    """Several files, at most ``most``; ``identity`` as for a ``Picture``.

    ``of`` names the reference to the row the files are kept for, where rows of this table hand
    them on to each other; otherwise they belong to the row that names them.
    """

    many = True

    def __init__(self, most: int = 10, *, of: str = "", identity: bool = False) -> None:
        self.most, self.of, self.identity = most, of, identity

    def sql(self) -> TypeEngine[Any]:
        return ARRAY(BigInteger())

    def clean(self, raw: Any) -> Any:
        if raw and len(raw) > self.most:
            sentence = gettext(
                "At most %(most)s files, these are %(count)s: remove some",
                most=self.most, count=len(raw),
            )  # fmt: skip
            raise checks.Invalid(sentence)
        return super().clean(raw)


class Pictures(Documents):
    """Several pictures."""

    rule = uploads.PICTURE
