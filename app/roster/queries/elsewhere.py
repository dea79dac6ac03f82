"""Reads about a person on several sites: releases asked for, corrections under way (8.2, 8.5)."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from app.core import scope
from app.extensions import db
from app.roster.choices import WORKER, PersonCorrectionState, ReleaseState, StayState
from app.roster.models import PersonCorrection, ProjectWorker, StayRelease

MOST = 50


def asked_to_leave(actor: scope.Principal) -> Select[Any]:
    """Choose the requests to close stays of one's own sites, the first due first (8.2, 释放)."""
    return (
        select(StayRelease)
        .where(
            or_(StayRelease.project_id.in_(actor.projects), StayRelease.unit_id.in_(actor.units)),
            StayRelease.state == ReleaseState.PENDING, StayRelease.is_deleted.is_(False),
        )
        .order_by(StayRelease.due_at, StayRelease.id)
    )  # fmt: skip


def are_asked() -> ColumnElement[bool]:
    """Tell of stays whether another site waits for their exit (8.2, 释放)."""
    return (
        select(StayRelease.id)
        .where(
            StayRelease.project_id == ProjectWorker.project_id,
            StayRelease.worker_id == ProjectWorker.id,
            StayRelease.state == ReleaseState.PENDING, StayRelease.is_deleted.is_(False),
        )
        .exists()
    )  # fmt: skip


def asked_among(workers: Iterable[ProjectWorker]) -> set[int]:
    """Give those of some stays another site waits for, in one statement."""
    return set(
        db.session.scalars(
            select(StayRelease.worker_id).where(
                StayRelease.worker_id.in_([worker.id for worker in workers]),
                StayRelease.state == ReleaseState.PENDING, StayRelease.is_deleted.is_(False),
            )
        )
    )  # fmt: skip


def corrections_seen() -> Select[Any]:
    """Choose the number of corrections the reader's sites have asked for or may object to."""
    return select(func.count()).select_from(PersonCorrection).where(
        PersonCorrection.state.in_((PersonCorrectionState.PENDING, PersonCorrectionState.DISPUTED)),
        PersonCorrection.is_deleted.is_(False),
    )  # fmt: skip


def releases_about(worker: ProjectWorker) -> list[StayRelease]:
    """Give the visible requests a stay is asked by, or has asked with, the newest first."""
    return list(
        db.session.scalars(
            select(StayRelease)
            .where(
                or_(StayRelease.worker_id == worker.id, StayRelease.new_worker_id == worker.id),
                StayRelease.is_deleted.is_(False),
            )
            .order_by(StayRelease.id.desc())
            .limit(MOST)
        )
    )


def others_on_site(worker: ProjectWorker) -> bool:
    """Tell whether the person is on site elsewhere and nobody was asked to let him go."""
    asked = (
        select(StayRelease.id)
        .where(
            StayRelease.worker_id == ProjectWorker.id, StayRelease.state == ReleaseState.PENDING,
            StayRelease.project_id == ProjectWorker.project_id,
            StayRelease.is_deleted.is_(False),
        )
        .exists()
    )  # fmt: skip
    with scope.system_scope("is a worker on site elsewhere, and asked for"):
        return db.session.scalar(
            select(ProjectWorker.id)
            .where(
                ProjectWorker.person_id == worker.person_id,
                ProjectWorker.project_id != worker.project_id,
                ProjectWorker.state == StayState.ON_SITE, ProjectWorker.work_role == WORKER,
                ProjectWorker.is_deleted.is_(False), ~asked,
            )
            .limit(1)
        ) is not None  # fmt: skip


def corrections_about(worker: ProjectWorker) -> list[PersonCorrection]:
    """Give the visible corrections of a stay's person, the newest first."""
    return list(
        db.session.scalars(
            select(PersonCorrection)
            .where(
                PersonCorrection.person_id == worker.person_id,
                PersonCorrection.is_deleted.is_(False),
            )
            .order_by(PersonCorrection.id.desc())
            .limit(MOST)
        )
    )


def own_stay(person_id: int, actor: scope.Principal) -> ProjectWorker | None:
    """Give the newest live stay of a person that a principal keeps."""
    return db.session.scalars(
        select(ProjectWorker)
        .where(
            ProjectWorker.person_id == person_id, ProjectWorker.state != StayState.EXITED,
            or_(ProjectWorker.project_id.in_(actor.projects),
                ProjectWorker.unit_id.in_(actor.units)),
            ProjectWorker.is_deleted.is_(False),
        )
        .order_by(ProjectWorker.id.desc())
        .limit(1)
    ).first()  # fmt: skip
