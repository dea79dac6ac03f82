"""Reads of the papers of stays: contracts, trainings, certificates."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app.extensions import db
from app.roster.models import Certificate, Contract, ProjectWorker, Team, Trainee, Training


def contracts_beside(worker_ids: Iterable[int]) -> dict[int, list[Contract]]:
    """Give the contracts of stays beside the one in force, the latest to begin first."""
    wanted = list(worker_ids)
    found: dict[int, list[Contract]] = {number: [] for number in wanted}
    rows = db.session.scalars(
        select(Contract)
        .where(Contract.worker_id.in_(wanted), Contract.is_deleted.is_(False))
        .order_by(Contract.contract_from.desc().nulls_last(), Contract.id.desc())
    )
    for row in rows:
        found[row.worker_id].append(row)
    return found


def trainees(training_ids: Iterable[int]) -> dict[int, list[Trainee]]:
    """Give who took part in some sessions, as far as the reader may see them, with their stays."""
    wanted = list(training_ids)
    found: dict[int, list[Trainee]] = {number: [] for number in wanted}
    rows = db.session.scalars(
        select(Trainee)
        .where(Trainee.training_id.in_(wanted), Trainee.is_deleted.is_(False))
        .options(selectinload(Trainee.worker))
        .order_by(Trainee.id)
    )
    for row in rows:
        found[row.training_id].append(row)
    return found


def head_counts(training_ids: Iterable[int]) -> dict[int, int]:
    """Give how many took part in each session, as far as the reader may see them."""
    rows = db.session.execute(
        select(Trainee.training_id, func.count())
        .where(Trainee.training_id.in_(list(training_ids)), Trainee.is_deleted.is_(False))
        .group_by(Trainee.training_id)
    )
    return {row[0]: row[1] for row in rows}


def trainings_of(worker_ids: Iterable[int]) -> list[tuple[Trainee, Training]]:
    """Give the trainings of some stays, the earliest first."""
    rows = db.session.execute(
        select(Trainee, Training)
        .join(Training, Training.id == Trainee.training_id)
        .where(
            Trainee.worker_id.in_(list(worker_ids)), Trainee.is_deleted.is_(False),
            Training.is_deleted.is_(False),
        )
        .order_by(Training.trained_on, Trainee.id)
    )  # fmt: skip
    return [(row[0], row[1]) for row in rows]


def certificates_of(worker_ids: Iterable[int]) -> dict[int, list[Certificate]]:
    """Give the certificates of some stays, the oldest first."""
    wanted = list(worker_ids)
    found: dict[int, list[Certificate]] = {number: [] for number in wanted}
    rows = db.session.scalars(
        select(Certificate)
        .where(Certificate.worker_id.in_(wanted), Certificate.is_deleted.is_(False))
        .order_by(Certificate.id)
    )
    for row in rows:
        found[row.worker_id].append(row)
    return found


def notes_of(worker_ids: Iterable[int]) -> dict[int, str]:
    """Give worker number and team of some stays, because names repeat."""
    rows = db.session.execute(
        select(ProjectWorker.id, ProjectWorker.worker_no, Team.name)
        .join(Team, Team.id == ProjectWorker.team_id)
        .where(ProjectWorker.id.in_(list(worker_ids)))
    )
    return {row[0]: " · ".join(part for part in row[1:] if part) for row in rows}
