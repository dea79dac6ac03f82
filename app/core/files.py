"""Stored files: received before their row exists, claimed by it, served only with it (D9).

A file is never served from a static path. It arrives, is checked and cleaned, waits without
an owner, and becomes part of a row when that row is written. Whoever may see the row and may
read its area may see its files, and nobody else. A picture of an identity card or a bank card
shows a whole number: it asks for the right to see one, and each look is recorded.
"""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from flask import Response, abort, current_app, request, send_file
from flask_appbuilder import BaseView, expose
from flask_babel import gettext
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import BigInteger, Integer, String, event, func, insert, select, text, union
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from app.core import clock, scope, thumbnails, unmasking, uploads
from app.core.columns.base import specs
from app.core.columns.files import Document
from app.core.errors import Refusal
from app.core.models import Entity, mapped, table_name
from app.extensions import db

CONTENT_LOCK = 7242050
CLAIM = text("""
    select claim_file(n.file, :table, :row, n.owner_column)
    from unnest(cast(:files as bigint[]), cast(:columns as text[])) n(file, owner_column)
""")
PROOF_HOURS = 24  # as long as an upload waits for its row
READER = "default-src 'none'; object-src 'self'; frame-ancestors 'self'"


class UnknownFile(Refusal):
    """A file that was not uploaded by this user for this form, or is forgotten by now."""

    def __init__(self) -> None:
        super().__init__(gettext("The file is no longer available: choose it again"))


class StoredFile(Entity):
    """One cleaned file and the row it belongs to."""

    __scope__ = scope.Scope(
        tenant_sees=scope.either(
            scope.PROJECTS, scope.UNITS, scope.ENTERPRISES.format("enterprise_id")
        ),
        government_sees=scope.DISTRICTS,
    )
    __picker__ = ("original_name",)

    owner_table: Mapped[Any | None] = mapped_column(String(63))
    owner_id: Mapped[Any | None] = mapped_column(BigInteger)
    owner_column: Mapped[Any | None] = mapped_column(String(63))
    original_name: Mapped[Any | None] = mapped_column(String(200), nullable=False)
    mime: Mapped[Any | None] = mapped_column(String(100), nullable=False)
    size: Mapped[Any | None] = mapped_column(Integer, nullable=False)
    sha256: Mapped[Any | None] = mapped_column(String(64), nullable=False, index=True)
    key: Mapped[Any | None] = mapped_column(String(200), nullable=False)
    exchange_key: Mapped[Any | None] = mapped_column(String(200))
    project_id: Mapped[Any | None] = mapped_column(BigInteger, index=True)
    unit_id: Mapped[Any | None] = mapped_column(BigInteger)
    enterprise_id: Mapped[Any | None] = mapped_column(BigInteger, index=True)
    district_code: Mapped[Any | None] = mapped_column(String(6))


def store() -> uploads.FileStore:
    """Give the file store of this application."""
    return current_app.extensions["file_store"]


def receive(stream: Any, filename: str, rule: uploads.Upload) -> int:
    """Check, clean and keep an upload; give its number. It waits for the row it is for."""
    return keep(uploads.inspect(stream, filename, rule))


def keep(clean: uploads.CleanFile) -> int:
    """Keep a checked file without an owner; give its number."""
    return keep_all([clean])[0]


def keep_all(cleaned: Sequence[uploads.CleanFile]) -> list[int]:
    """Keep checked files without an owner, in one statement; give their numbers in order."""
    # content that is there already must not be dropped before its new row is committed
    db.session.execute(select(func.pg_advisory_xact_lock_shared(CONTENT_LOCK)))
    rows = [
        {
            "original_name": clean.original_name,
            "mime": clean.mime,
            "size": len(clean.content),
            "sha256": clean.sha256,
            "key": store().put(clean.content, clean.sha256),
            "exchange_key": _put_copy(clean.exchange_copy),
            "created_by": scope.current().user_id,
            "source": scope.current().door.value,
        }
        for clean in cleaned
    ]
    statement = insert(StoredFile).returning(StoredFile.id, sort_by_parameter_order=True)
    with scope.system_scope("an upload waits for its row") as connection:
        return list(connection.scalars(statement, rows))


def _put_copy(copy: bytes | None) -> str | None:
    """Keep the small copy a face photo is exchanged as; give its key, None without one."""
    return store().put(copy, hashlib.sha256(copy).hexdigest()) if copy else None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="upload")


def token(number: int) -> str:
    """Give the proof a form carries that this user has uploaded this file; good for a day."""
    return _serializer().dumps([number, scope.current().user_id, int(clock.now().timestamp())])


def number_of(proof: str) -> int:
    """Read a proof back; refuse one that is forged, too old, somebody else's, or forgotten."""
    numbers = numbers_of([proof])
    if not numbers:
        raise UnknownFile
    return numbers[0]


def numbers_of(proofs: Iterable[str], user_id: int | None = None) -> list[int]:
    """Read proofs back, in order, without those of files this user has not or no longer."""
    user_id = user_id or scope.current().user_id
    numbers = [number for proof in proofs if (number := _proven(proof, user_id))]
    there = names_of(numbers)
    return [number for number in numbers if number in there]


def _proven(proof: str, reader: int | None) -> int:
    try:
        number, user_id, given = _serializer().loads(proof)
    except (BadSignature, ValueError):
        return 0
    late = clock.now().timestamp() - given > PROOF_HOURS * 3600
    return 0 if late or user_id != reader else int(number)


def names_of(numbers: Iterable[int]) -> dict[int, tuple[str, bool]]:
    """Give, of the files that are there, the name and whether it is a picture, by number."""
    wanted = set(numbers)
    if not wanted:
        return {}
    columns = (StoredFile.id, StoredFile.original_name, StoredFile.mime)
    with scope.system_scope("the names of files in one's own form") as connection:
        rows = connection.execute(select(*columns).where(StoredFile.id.in_(wanted)))
        return {row.id: (row.original_name, row.mime.startswith("image/")) for row in rows}


@event.listens_for(Entity, "after_insert", propagate=True)
@event.listens_for(Entity, "after_update", propagate=True)
def _claim(_mapper: Mapper[Any], connection: Any, row: Any) -> None:
    claim(row, connection)


def claim(row: Any, connection: Any = None) -> None:
    """Make the files a row names its own; the database refuses files of other rows.

    A file stays what the column that named it first makes it: of two that name it in one row,
    the one of a whole number comes first.
    """
    named: dict[tuple[str, int], list[tuple[int, str]]] = {}
    columns = [(n, s.kind) for n, s in specs(type(row)).items() if isinstance(s.kind, Document)]
    for name, kind in sorted(columns, key=lambda column: not column[1].identity):
        value = getattr(row, name)
        if value:
            numbers = value if isinstance(value, (list, tuple)) else [value]
            named.setdefault(_keeper(row, kind), []).extend((number, name) for number in numbers)
    for (table, keeper), claimed in named.items():
        (connection or db.session.connection()).execute(CLAIM, {
            "table": table, "row": keeper,
            "files": [number for number, _name in claimed],
            "columns": [name for _number, name in claimed],
        })  # fmt: skip


def _keeper(row: Any, kind: Document) -> tuple[str, int]:
    """Give table and number of the row the files of a column belong to."""
    if not kind.of:
        return row.__tablename__, row.id
    reference: Any = specs(type(row))[kind.of].kind
    return table_name(reference.model), getattr(row, kind.of)


class FileView(BaseView):
    """Serves a file to whoever may see the row it belongs to and read its area."""

    route_base = "/file"
    default_view = "show"

    @expose("/<int:file_id>")
    def show(self, file_id: int) -> Response:
        """Send one file; 404 for everybody who may not see its row or read its area.

        ``copy=exchange`` sends the copy of at most 50 kB the national interface takes.
        """
        row = _visible(file_id)
        if row is None:
            abort(404)
        key, mime, name = row.key, row.mime, row.original_name
        whole_number = _record_look(row)
        if request.args.get("copy") == "exchange":
            if not row.exchange_key:
                abort(404)
            key, mime, name = row.exchange_key, "image/jpeg", f"{Path(name).stem}.jpg"
        small = not whole_number and thumbnails.wanted(mime) and thumbnails.opened(store(), key)
        if small:
            return _small(small, file_id)
        response = send_file(
            store().open(key),
            mimetype=mime,
            download_name=name,
            as_attachment=not mime.startswith(("image/", "application/pdf")),
            max_age=0,
        )
        response.headers.update(uploads.SERVING_HEADERS)
        if mime == "application/pdf":  # the browser's reader does not start in a sandbox
            response.headers["Content-Security-Policy"] = READER
        return response


def _small(copy: BinaryIO, file_id: int) -> Response:
    """Send the small copy of a picture, which the reader's browser may keep."""
    response = send_file(copy, mimetype="image/jpeg")
    response.headers.update(uploads.SERVING_HEADERS)
    response.headers["Cache-Control"] = thumbnails.cache_control(file_id)
    return response


def _visible(file_id: int) -> Any:
    """Give a file its reader may see, None otherwise."""
    actor = scope.current()
    if actor.audience is scope.Audience.LOGIN:
        return None
    row = db.session.get(StoredFile, file_id)
    if row is None or not row.owner_table:
        return _own_upload(file_id, actor)
    model = _owner_of(row)
    areas = [area for area in model.__areas__ if actor.can("read", area)]
    owner = model.__table__
    if not areas or not db.session.scalar(select(owner.c.id).where(owner.c.id == row.owner_id)):
        return None
    own = row.created_by is not None and row.created_by == actor.user_id
    if _identity_column(row) and not own and not any(actor.can("unmask", one) for one in areas):
        return None
    return row


def _own_upload(file_id: int, actor: scope.Principal) -> Any:
    """Give a file that still waits for its row to who uploaded it, and to nobody else."""
    if actor.user_id is None:
        return None
    names = ("id", "key", "exchange_key", "mime", "original_name", "owner_table")
    with scope.system_scope("an upload is shown to who uploaded it") as connection:
        return connection.execute(
            select(*(StoredFile.__table__.c[name] for name in names)).where(
                StoredFile.id == file_id, StoredFile.owner_table.is_(None),
                StoredFile.created_by == actor.user_id, StoredFile.is_deleted.is_(False),
            )
        ).one_or_none()  # fmt: skip


def open_own(file_id: int) -> BinaryIO:
    """Open a file that still waits for its row, for who uploaded it; UnknownFile otherwise."""
    row = _own_upload(file_id, scope.current())
    if row is None:
        raise UnknownFile
    return store().open(row.key)


def _owner_of(row: StoredFile) -> Any:
    """Give the model a file belongs to."""
    return next(model for model in mapped() if model.__tablename__ == row.owner_table)


def _identity_column(row: StoredFile) -> str:
    """Give the column that makes a file a picture of a whole number, empty for all others.

    It is the column the file was given for, whether or not the row still names the file.
    """
    spec = specs(_owner_of(row)).get(row.owner_column)
    return spec.name if spec and spec.kind.identity else ""


def _record_look(row: Any) -> bool:
    """Write down who opens a picture of a whole number (PIPL art 51, D9); tell if it is one."""
    name = _identity_column(row) if row.owner_table else ""  # else it is still his own upload
    if not name:
        return False
    unmasking.record(
        row.owner_table, row.owner_id, name, reason=gettext("Opened the picture"),
        actor=scope.current(), **{key: getattr(row, key) for key in unmasking.WHOSE},
    )  # fmt: skip
    db.session.commit()
    return True


def forget_unclaimed(hours: int = 24) -> list[list[str]]:
    """Remove files that never found their row; give the keys of each, its copy's too.

    A file of a draft waits as long as the draft is kept (``core.drafts``). Their content goes
    with ``drop_content`` once this is committed.
    """
    limit = clock.now().timestamp() - hours * 3600
    with scope.system_scope("files without a row are forgotten") as connection:
        return list(
            connection.scalars(
                text(
                    "delete from stored_file where owner_id is null"
                    " and created_at < to_timestamp(:limit) and not exists"
                    " (select from form_draft d where stored_file.id = any (d.files))"
                    " returning array_remove(array[key, exchange_key], null)"
                ),
                {"limit": limit},
            )
        )


def drop_content(keys: Sequence[str]) -> int:
    """Remove content from the store that no row names any more; give how many pieces went.

    Equal content is kept once for all rows, so uploads on their way are waited for.
    """
    if not keys:
        return 0
    with scope.system_scope("which content is still named by a row") as connection:
        connection.execute(select(func.pg_advisory_xact_lock(CONTENT_LOCK)))
        columns = (StoredFile.key, StoredFile.exchange_key)
        named = set(
            connection.scalars(union(*(select(one).where(one.in_(keys)) for one in columns)))
        )
    gone = set(keys) - named
    for key in gone:
        store().delete(key)
    return len(gone)


def install(app: Any) -> None:
    """Register the one route that serves files."""
    app.extensions["appbuilder"].add_view_no_menu(FileView)
