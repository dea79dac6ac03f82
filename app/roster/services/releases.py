"""释放: the site of an older stay is asked to close it, and it closes by itself (screens.md 8.2).

The new stay holds at once. What both sites read stands in ``StayRelease``; wages of the old stay
stay open, since nobody has settled them (WAGE-008).
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import force_locale, gettext
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.core import clock, scope
from app.core.work_dates import work_date
from app.extensions import db
from app.projects.models import Project
from app.roster import events, queries
from app.roster.choices import RELEASED, WORKER, MovementKind, ReleaseState, StayState
from app.roster.errors import ReleaseRefused
from app.roster.models import Movement, ProjectWorker, StayRelease
from app.roster.services.due import deadline
from app.roster.states import RELEASE_FLOW, STAY_FLOW

log = logging.getLogger("app.roster")
BATCH = 200


def ask_releases(workers: Iterable[ProjectWorker]) -> list[StayRelease]:
    """Ask the sites where workers who have begun here are still on site to close those stays.

    Management staff may serve several sites; of everybody else each stay elsewhere is asked for
    once. Called by whatever door the new stay came through.
    """
    begun = {
        worker.id: worker for worker in workers
        if worker.state is StayState.ON_SITE and worker.work_role == WORKER
    }  # fmt: skip
    if not begun:
        return []
    with scope.system_scope("sites a worker has left for another are asked for his exit"):
        made = [_request(row, begun[row.new_id]) for row in _elsewhere(list(begun))]
        db.session.add_all(made)
        db.session.flush()
    return made


def _elsewhere(numbers: list[int]) -> list[Any]:
    """Give the stays elsewhere of the persons of some stays that nobody was asked to close yet."""
    new, old, site = aliased(ProjectWorker), aliased(ProjectWorker), aliased(Project)
    own = aliased(Project)
    asked = (
        select(StayRelease.id)
        .where(
            StayRelease.project_id == old.project_id, StayRelease.worker_id == old.id,
            StayRelease.state == ReleaseState.PENDING, StayRelease.is_deleted.is_(False),
        )
        .exists()
    )  # fmt: skip
    return list(
        db.session.execute(
            select(
                new.id.label("new_id"), own.name.label("new_site"), old.id, old.project_id,
                old.unit_id, old.name, site.name.label("site"),
            )
            .join(old, old.person_id == new.person_id)
            .join(site, site.id == old.project_id)
            .join(own, own.id == new.project_id)
            .where(
                new.id.in_(numbers), old.project_id != new.project_id,
                old.state == StayState.ON_SITE, old.work_role == WORKER,
                old.is_deleted.is_(False), ~asked,
            )
            .order_by(old.id)
        )
    )  # fmt: skip


def _request(row: Any, worker: ProjectWorker) -> StayRelease:
    today = clock.today()
    return StayRelease(
        project_id=row.project_id, worker_id=row.id, unit_id=row.unit_id, name=row.name,
        site_name=row.site, new_site_name=row.new_site, new_project_id=worker.project_id,
        new_unit_id=worker.unit_id, new_worker_id=worker.id, new_entry_on=worker.entry_on,
        asked_at=clock.now(), due_at=deadline(today, today),
    )  # fmt: skip


def ask_release(worker: ProjectWorker, *, actor: scope.Principal) -> list[StayRelease]:
    """Ask anew, by the button 申请释放, for the exit of a worker who is on site elsewhere."""
    if not queries.keeps(worker, actor):
        raise ReleaseRefused(gettext("This worker is not yours to act for"))
    made = ask_releases([worker])
    if not made:
        raise ReleaseRefused(
            gettext("“%(name)s” is on site at no other project, or his exit there is asked for"
                    " already", name=worker.name)
        )  # fmt: skip
    return made


def answer_release(
    release: StayRelease, values: Mapping[str, Any], *, actor: scope.Principal
) -> StayRelease:
    """Let the site that is asked say what the other must know; the clock goes on."""
    if not _is_asked(release, actor):
        raise ReleaseRefused(gettext("This request is not yours to answer"))
    if release.state is not ReleaseState.PENDING:
        raise ReleaseRefused(gettext("This request is settled already: nothing more to answer"))
    words = str(values.get("answer") or "").strip()
    if not words:
        raise ReleaseRefused(gettext("Say why he is still on your site"), field="answer")
    with scope.system_scope("the other site reads what this one answers"):
        release.answer, release.answered_at = words, clock.now()
        db.session.flush()
    return release


def _is_asked(release: StayRelease, actor: scope.Principal) -> bool:
    return (
        actor.audience is scope.Audience.SYSTEM
        or release.project_id in actor.projects or release.unit_id in actor.units
    )  # fmt: skip


def settle_releases(workers: Iterable[ProjectWorker]) -> None:
    """End the requests that stays have met by ending: the old one's, or the new one's own.

    A stay taken back, removed or gone back to waiting, asks for nothing and owes nothing any more.
    """
    ended = {
        worker.id: worker for worker in workers
        if worker.is_deleted or worker.state is not StayState.ON_SITE
    }  # fmt: skip
    if not ended:
        return
    with scope.system_scope("requests for an exit end with the stays they are about"):
        rows = _pending(
            StayRelease.worker_id.in_(list(ended)) | StayRelease.new_worker_id.in_(list(ended))
        )
        given = [row for row in rows if _has_left(ended.get(row.worker_id))]
        for row in given:
            row.left_on = ended[row.worker_id].exit_on
        RELEASE_FLOW.fire_many("give_up", given, actor=scope.SYSTEM)
        lapsed = [row for row in rows if row not in given]
        RELEASE_FLOW.fire_many("lapse", lapsed, actor=scope.SYSTEM)


def _has_left(worker: ProjectWorker | None) -> bool:
    return worker is not None and worker.state is StayState.EXITED and not worker.is_deleted


def ask_again(workers: Iterable[ProjectWorker]) -> list[StayRelease]:
    """Ask anew for exits where stays go on whose own exit is taken back.

    Of the sites a person is on the one that registered him last asks the others, as it did before;
    the three days begin anew, since in between nobody was asked.
    """
    persons = {worker.person_id for worker in workers}
    if not persons:
        return []
    with scope.system_scope("requests for an exit come back with the stay that had ended"):
        last = (
            select(func.max(ProjectWorker.id))
            .where(
                ProjectWorker.person_id.in_(persons), ProjectWorker.state == StayState.ON_SITE,
                ProjectWorker.work_role == WORKER, ProjectWorker.is_deleted.is_(False),
            )
            .group_by(ProjectWorker.person_id)
        )  # fmt: skip
        return ask_releases(
            db.session.scalars(select(ProjectWorker).where(ProjectWorker.id.in_(last))).all()
        )


def follow_stays(workers: Iterable[ProjectWorker]) -> None:
    """Let the requests under way belong to the unit a stay has gone over to."""
    units = {worker.id: worker.unit_id for worker in workers}
    if not units:
        return
    with scope.system_scope("requests for an exit follow the stays they are about"):
        numbers = list(units)
        for row in _pending(
            StayRelease.worker_id.in_(numbers) | StayRelease.new_worker_id.in_(numbers)
        ):
            row.unit_id = units.get(row.worker_id, row.unit_id)
            row.new_unit_id = units.get(row.new_worker_id, row.new_unit_id)
        db.session.flush()


def _pending(*conditions: Any) -> list[StayRelease]:
    return list(
        db.session.scalars(
            select(StayRelease)
            .where(
                StayRelease.state == ReleaseState.PENDING, StayRelease.is_deleted.is_(False),
                *conditions,
            )
            .order_by(StayRelease.id)
        )
    )  # fmt: skip


def close_due_releases(now: datetime, *, batch: int = BATCH) -> int:
    """Close the stays whose three days have passed; gives how many. Safe to run twice."""
    done, last = 0, 0
    while True:
        rows = _pending(StayRelease.due_at <= now, StayRelease.id > last)[:batch]
        if not rows:
            return done
        last = rows[-1].id
        done += sum(_close(row) for row in rows)


def _close(release: StayRelease) -> int:
    """Close one stay; what cannot be closed stops no other."""
    try:
        with db.session.begin_nested(), force_locale("zh"):
            return _shut(release)
    except Exception as problem:
        log.exception(
            "a released stay could not be closed",
            extra={"fields": {"problem": type(problem).__name__}},
        )
        return 0


def _shut(release: StayRelease) -> int:
    worker = db.session.get(ProjectWorker, release.worker_id)
    there = db.session.get(ProjectWorker, release.new_worker_id)
    begun = there is not None and not there.is_deleted and there.state is StayState.ON_SITE
    if worker is None or worker.is_deleted or worker.state is not StayState.ON_SITE or not begun:
        RELEASE_FLOW.fire("lapse", release, actor=scope.SYSTEM)
        return 0
    release.left_on = worker.exit_on = last_day(worker, release.new_entry_on)
    worker.exit_reason = RELEASED
    worker.incomplete, worker.complete_by = False, None
    words = gettext(
        "Closed by the system: released to “%(site)s”, asked for on %(day)s; wages stay open",
        site=release.new_site_name, day=clock.local(release.asked_at).date().isoformat(),
    )  # fmt: skip
    db.session.add(
        Movement(
            project_id=worker.project_id, worker_id=worker.id, unit_id=worker.unit_id,
            team_id=worker.team_id, kind=MovementKind.EXIT, moved_on=worker.exit_on,
            reason=RELEASED, settled=False, remark=words[:200],
        )
    )  # fmt: skip
    RELEASE_FLOW.fire("shut", release, actor=scope.SYSTEM)
    STAY_FLOW.fire("release", worker, actor=scope.SYSTEM, remark=words)
    events.workers_left.send(workers=[worker], actor=scope.SYSTEM)
    return 1


def last_day(worker: ProjectWorker, new_entry_on: date | None) -> date:
    """Give the day a released stay ends: its last punch, else the day before the entry elsewhere.

    Never before its own last entry, and never after today.
    """
    if worker.last_punch_at is not None:
        day = work_date(worker.last_punch_at)
    else:
        day = (new_entry_on or clock.today()) - timedelta(days=1)
    entered = queries.last_movements([worker.id]).get(worker.id) or worker.entry_on
    least = max(filter(None, (entered, worker.entry_on)), default=day)
    return min(max(day, least), max(clock.today(), least))
