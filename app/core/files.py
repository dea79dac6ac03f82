"""Stored files: received before their row exists, claimed by it, served only with it (D9).

A file is never served from a static path. It arrives, is checked and cleaned, waits without
an owner, and becomes part of a row when that row is written. Whoever may see the row and may
read its area may see its files, and nobody else. A picture of an identity card or a bank card
shows a whole number: it asks for the right to see one, and each look is recorded.
"""

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, current_app, send_file
from flask_appbuilder import BaseView, expose
from flask_babel import gettext
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import BigInteger, Integer, String, event, func, insert, select, text
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from app.core import clock, scope, unmasking, uploads
from app.core.columns.base import specs
from app.core.columns.files import Document
from app.core.errors import Refusal
from app.core.models import Entity, mapped
from app.extensions import db

CONTENT_LOCK = 7242050
PROOF_HOURS = 24  # as long as an upload waits for its row
READER = "default-src 'none'; object-src 'self'; frame-ancestors 'self'"


class UnknownFile(Refusal):
    """A file that was not uploaded by this user for this form."""


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
    original_name: Mapped[Any | None] = mapped_column(String(200), nullable=False)
    mime: Mapped[Any | None] = mapped_column(String(100), nullable=False)
    size: Mapped[Any | None] = mapped_column(Integer, nullable=False)
    sha256: Mapped[Any | None] = mapped_column(String(64), nullable=False, index=True)
    key: Mapped[Any | None] = mapped_column(String(200), nullable=False)
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
            "created_by": scope.current().user_id,
            "source": scope.current().door.value,
        }
        for clean in cleaned
    ]
    statement = insert(StoredFile).returning(StoredFile.id, sort_by_parameter_order=True)
    with scope.system_scope("an upload waits for its row") as connection:
        return list(connection.scalars(statement, rows))


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="upload")


def token(number: int) -> str:
    """Give the proof a form carries that this user has uploaded this file; good for a day."""
    return _serializer().dumps([number, scope.current().user_id, int(clock.now().timestamp())])


def number_of(proof: str) -> int:
    """Read a proof back; refuse one that is forged, too old or somebody else's."""
    try:
        number, user_id, given = _serializer().loads(proof)
    except (BadSignature, ValueError):
        number, user_id, given = 0, -1, 0
    late = clock.now().timestamp() - given > PROOF_HOURS * 3600
    if late or user_id != scope.current().user_id:
        raise UnknownFile(gettext("The file is no longer available: choose it again"))
    return int(number)


def name_of(number: int) -> tuple[str, bool]:
    """Give the name of a file and whether it is a picture."""
    with scope.system_scope("the name of a file in one's own form") as connection:
        row = connection.execute(
            select(StoredFile.original_name, StoredFile.mime).where(StoredFile.id == number)
        ).one_or_none()
    return (row[0], row[1].startswith("image/")) if row else ("", False)


@event.listens_for(Entity, "after_insert", propagate=True)
@event.listens_for(Entity, "after_update", propagate=True)
def _claim(_mapper: Mapper[Any], connection: Any, row: Any) -> None:
    """Make the files a row names its own; the database refuses files of other rows."""
    numbers: list[int] = []
    for name, spec in specs(type(row)).items():
        value = getattr(row, name) if isinstance(spec.kind, Document) else None
        if value:
            numbers += value if isinstance(value, (list, tuple)) else [value]
    if numbers:
        connection.execute(
            text("select claim_file(f, :table, :row) from unnest(cast(:files as bigint[])) f"),
            {"files": numbers, "table": row.__tablename__, "row": row.id},
        )


class FileView(BaseView):
    """Serves a file to whoever may see the row it belongs to and read its area."""

    route_base = "/file"
    default_view = "show"

    @expose("/<int:file_id>")
    def show(self, file_id: int) -> Response:
        """Send one file; 404 for everybody who may not see its row or read its area."""
        row = _visible(file_id)
        if row is None:
            abort(404)
        key, mime, name = row.key, row.mime, row.original_name
        _record_look(row)
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
    names = ("id", "key", "mime", "original_name", "owner_table")
    with scope.system_scope("an upload is shown to who uploaded it") as connection:
        return connection.execute(
            select(*(StoredFile.__table__.c[name] for name in names)).where(
                StoredFile.id == file_id, StoredFile.owner_table.is_(None),
                StoredFile.created_by == actor.user_id, StoredFile.is_deleted.is_(False),
            )
        ).one_or_none()  # fmt: skip


def _owner_of(row: StoredFile) -> Any:
    """Give the model a file belongs to."""
    return next(model for model in mapped() if model.__tablename__ == row.owner_table)


def _identity_column(row: StoredFile) -> str:
    """Give the column that makes a file a picture of a whole number, empty for all others."""
    model = _owner_of(row)
    table = model.__table__
    for name, spec in specs(model).items():
        if spec.kind.identity:
            named = select(table.c.id).where(table.c.id == row.owner_id, table.c[name] == row.id)
            if db.session.scalar(named):
                return name
    return ""


def _record_look(row: Any) -> None:
    """Write down who opens a picture of a whole number (PIPL art 51, D9)."""
    name = _identity_column(row) if row.owner_table else ""  # else it is still his own upload
    if not name:
        return
    unmasking.record(
        row.owner_table, row.owner_id, name, reason=gettext("Opened the picture"),
        actor=scope.current(), **{key: getattr(row, key) for key in unmasking.WHOSE},
    )  # fmt: skip
    db.session.commit()


def forget_unclaimed(hours: int = 24) -> list[str]:
    """Remove files that never found their row; give the key of each.

    Their content goes with ``drop_content`` once this is committed.
    """
    limit = clock.now().timestamp() - hours * 3600
    with scope.system_scope("files without a row are forgotten") as connection:
        return list(
            connection.scalars(
                text(
                    "delete from stored_file where owner_id is null"
                    " and created_at < to_timestamp(:limit) returning key"
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
        named = set(connection.scalars(select(StoredFile.key).where(StoredFile.key.in_(keys))))
    gone = set(keys) - named
    for key in gone:
        store().delete(key)
    return len(gone)


def install(app: Any) -> None:
    """Register the one route that serves files."""
    app.extensions["appbuilder"].add_view_no_menu(FileView)
