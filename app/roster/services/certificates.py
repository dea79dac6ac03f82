"""Certificates of a worker: the rows under his form."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from app.core import generated
from app.core.columns.base import required_message, specs
from app.core.errors import refuse_all
from app.extensions import db
from app.roster.errors import Missing, RosterRefusal
from app.roster.models import Certificate, ProjectWorker

OPEN = tuple(generated.unnamed(Certificate, generated.enterable, {"worker_id"}))


def replace_certificates(worker: ProjectWorker, rows: Iterable[Mapping[str, Any]]) -> None:
    """Bring a worker's certificates to these rows; rows with the same number are kept."""
    wanted = [dict(row) for row in rows if any(row.get(name) for name in OPEN)]
    check(wanted)
    kept = {(row.kind, row.number): row for row in certificates_of(worker)}
    for values in wanted:
        row = kept.pop((values["kind"], values["number"]), None)
        if row is None:
            row = Certificate(
                project_id=worker.project_id, unit_id=worker.unit_id, worker_id=worker.id
            )
            db.session.add(row)
        for name in OPEN:
            setattr(row, name, values.get(name))
    for gone in kept.values():
        gone.is_deleted = True
    db.session.flush()


def check(rows: Iterable[Mapping[str, Any]]) -> None:
    """Refuse certificates without kind, number or end, or ended before they began."""
    problems: list[Any] = []
    for values in rows:
        problems += [
            Missing(required_message(specs(Certificate)[name]), field="certificates")
            for name in ("kind", "number", "valid_to") if not values.get(name)
        ]  # fmt: skip
        issued, valid = values.get("issued_on"), values.get("valid_to")
        if issued and valid and valid < issued:
            problems.append(
                RosterRefusal(
                    gettext("The certificate ends before it was issued: check both dates"),
                    field="certificates",
                )
            )
    refuse_all(problems)


def certificates_of(worker: ProjectWorker) -> list[Certificate]:
    """Give the certificates of a worker, oldest first."""
    return list(
        db.session.scalars(
            select(Certificate)
            .where(Certificate.worker_id == worker.id, Certificate.is_deleted.is_(False))
            .order_by(Certificate.id)
        )
    )
