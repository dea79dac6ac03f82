"""What a correction asks for, checked: workers, days, times, overlaps (screens.md 9.3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from app.attendance import queries
from app.attendance.choices import OTHER_REASON
from app.attendance.errors import (
    MonthLocked,
    NobodyChosen,
    NoteMissing,
    NotOnSite,
    NotYourProject,
    Overlapping,
    ProofMissing,
    WrongDates,
    WrongTimes,
)  # fmt: skip
from app.attendance.models import AttendanceDay
from app.attendance.queries import Stay
from app.core import clock, scope
from app.core.errors import Refusal
from app.extensions import db
from app.projects.models import Project
from app.roster.belonging import in_team
from app.roster.models import ProjectWorker, Team

LONGEST = timedelta(hours=18)
MOST_DAYS, MOST_WORKERS = 31, 500
PROOF_DAYS, PROOF_WORKERS, REVIEW_DAYS = 3, 10, 30
NAMED = 5


@dataclass(frozen=True)
class Span:
    """One worker's span on one work date."""

    stay: Stay
    work_on: date
    in_at: datetime
    out_at: datetime


@dataclass(frozen=True)
class Times:
    """The times of a correction: the same on each of its days."""

    days: tuple[date, ...]
    starts: time
    ends: time
    next_day: bool

    def on(self, day: date) -> tuple[datetime, datetime]:
        """Give the instants of one day."""
        begin = datetime.combine(day, self.starts, tzinfo=clock.CHINA)
        end = datetime.combine(day, self.ends, tzinfo=clock.CHINA)
        return begin, end + timedelta(days=1) if self.next_day else end


def times_of(values: Mapping[str, Any]) -> Times:
    """Read dates and times; refuse what lies ahead, is too long or in the wrong order."""
    first, last = values.get("work_on"), values.get("until_on") or values.get("work_on")
    if first is None or values.get("in_time") is None or values.get("out_time") is None:
        raise WrongDates(gettext("Give the date and both times"), field="work_on")
    if last < first or (last - first).days >= MOST_DAYS:
        raise WrongDates(
            gettext("Choose at most %(n)s days, the last not before the first", n=MOST_DAYS),
            field="until_on",
        )
    if last > clock.today():
        raise WrongDates(
            gettext("The work date cannot be later than today"),
            field="until_on" if values.get("until_on") else "work_on",
        )
    days = tuple(first + timedelta(days=n) for n in range((last - first).days + 1))
    times = Times(days, *_clock_times(values))
    begin, end = times.on(last)
    if end <= begin:
        raise WrongTimes(
            gettext("The end must be later than the start; for a night choose “following day”"),
            field="out_time",
        )
    if end - begin > LONGEST:
        raise WrongTimes(gettext("At most 18 hours from start to end"), field="out_time")
    if end > clock.now():
        raise WrongTimes(gettext("The end of work still lies in the future"), field="out_time")
    return times


def _clock_times(values: Mapping[str, Any]) -> tuple[time, time, bool]:
    starts, ends, next_day = values["in_time"], values["out_time"], bool(values.get("out_next_day"))
    if isinstance(starts, datetime) and isinstance(ends, datetime):
        begin, end = clock.local(starts), clock.local(ends)
        if not 0 <= (end.date() - begin.date()).days <= 1:
            raise WrongTimes(gettext("At most 18 hours from start to end"), field="out_time")
        return begin.time(), end.time(), end.date() > begin.date()
    return starts, ends, next_day


def _refuse_foreign_team(project: Project, number: int | None) -> None:
    team = db.session.get(Team, number) if number else None
    if number and (team is None or team.project_id != project.id):
        raise NobodyChosen(
            gettext("The chosen team does not exist on this project or is not yours"),
            field="team_id",
        )


def workers_of(
    project: Project, values: Mapping[str, Any], days: tuple[date, ...], actor: scope.Principal
) -> list[Stay]:
    """Give the stays of the chosen workers, or of a whole team; refuse foreign ones."""
    _refuse_foreign_team(project, values.get("team_id"))
    chosen = set(values.get("worker_ids") or [])
    query = select(*queries.STAY_COLUMNS).where(
        ProjectWorker.project_id == project.id,
        ProjectWorker.is_deleted.is_(False),
        ProjectWorker.id.in_(chosen)
        if chosen
        else in_team(values.get("team_id") or 0, days[0], days[-1]),
    )
    found = [Stay.of(row) for row in db.session.execute(query.order_by(ProjectWorker.id))]
    if chosen - {stay.id for stay in found}:
        raise NobodyChosen(
            gettext("A chosen worker does not exist on this project or is not yours"),
            field="worker_ids",
        )
    # of a whole team only those who were on site every day are meant
    team = values.get("team_id")
    found = [
        s for s in found
        if s.id in chosen or all(s.on_site(day) and s.on(day).team_id == team for day in days)
    ]  # fmt: skip
    if not found:
        raise NobodyChosen(gettext("Choose at least one worker or a team"), field="worker_ids")
    if len(found) > MOST_WORKERS:
        raise NobodyChosen(
            gettext("Choose at most %(n)s workers at a time", n=MOST_WORKERS), field="worker_ids"
        )
    if actor.audience is not scope.Audience.SYSTEM and not all(
        s.project_id in actor.projects or s.unit_id in actor.units for s in found
    ):
        raise NotYourProject(gettext("You may only enter times of your own workers"))
    return found


def check_rules(
    project: Project, values: Mapping[str, Any], stays: list[Stay], times: Times, *,
    proof_later: bool = False,
) -> list[Refusal]:  # fmt: skip
    """Give everything that speaks against a correction, so that it is mended at once.

    ``proof_later`` is for a sheet, which brings no files: the proof is asked for afterwards.
    """
    problems: list[Refusal] = []
    absent = [s.name for s in stays if not all(s.on_site(day) for day in times.days)]
    if absent:
        problems.append(NotOnSite(
            gettext("Not on site on these days: %(names)s", names=_names(absent)),
            field="worker_ids",
        ))  # fmt: skip
    months = {queries.month_of(day) for day in times.days} & queries.locked_months(project.id)
    if months:
        problems.append(MonthLocked(
            gettext("Attendance of %(months)s is locked: ask for a change of the locked month",
                    months="、".join(sorted(months))), field="work_on",
        ))  # fmt: skip
    if values.get("reason") == OTHER_REASON and not (values.get("note") or "").strip():
        problems.append(NoteMissing(gettext("Say in words what happened"), field="note"))
    if not proof_later and lacks_proof(values, stays, times):
        problems.append(ProofMissing(
            gettext("Add a proof: more than 3 days back or more than 10 workers"), field="proof"
        ))  # fmt: skip
    clashing = overlapping(project.id, spans_of(stays, times))
    if clashing:
        problems.append(Overlapping(
            gettext("These times overlap times that are there already: %(names)s",
                    names=_names(f"{s.stay.name} {s.work_on}" for s in clashing)),
            field="in_time",
        ))  # fmt: skip
    return problems


def lacks_proof(values: Mapping[str, Any], stays: list[Stay], times: Times) -> bool:
    """Tell whether a correction needs a proof it does not bring."""
    back = (clock.today() - times.days[0]).days
    return not values.get("proof") and (back > PROOF_DAYS or len(stays) > PROOF_WORKERS)


def _names(names: Iterable[str]) -> str:
    listed = list(names)
    text = "、".join(listed[:NAMED])
    return gettext("%(names)s and others", names=text) if len(listed) > NAMED else text


def spans_of(stays: list[Stay], times: Times) -> list[Span]:
    """Give the spans of all workers on all days."""
    return [Span(stay, day, *times.on(day)) for stay in stays for day in times.days]


def booked(project_id: int, spans: list[Span]) -> dict[int, list[Any]]:
    """Give the stored days of the workers around the spans, by person."""
    table = AttendanceDay.__table__
    with scope.system_scope("a correction is compared with what is there"):
        rows = db.session.execute(
            select(
                table.c.person_id, table.c.work_on, table.c.seconds, table.c.pairs, table.c.loose
            ).where(
                table.c.project_id == project_id,
                table.c.person_id.in_({span.stay.person_id for span in spans}),
                table.c.work_on >= min(s.work_on for s in spans) - timedelta(days=1),
                table.c.work_on <= max(s.work_on for s in spans) + timedelta(days=1),
            )
        ).all()
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(row)
    return found


def overlapping(project_id: int, spans: list[Span]) -> list[Span]:
    """Give the spans that overlap a pair already counted on this project."""
    days = booked(project_id, spans)
    return [
        span
        for span in spans
        if any(
            datetime.fromisoformat(pair[0]) < span.out_at
            and span.in_at < datetime.fromisoformat(pair[1])
            for row in days.get(span.stay.person_id, [])
            for pair in row.pairs
        )
    ]


def long_days(project: Project, spans: list[Span]) -> str:
    """Warn of days that come to more hours than the limit in force; empty without any."""
    days, limit = booked(project.id, spans), queries.hours_limit(project)
    long = []
    for span in spans:
        there = sum(
            r.seconds for r in days.get(span.stay.person_id, []) if r.work_on == span.work_on
        )
        if there + (span.out_at - span.in_at).total_seconds() > limit * 3600:
            long.append(f"{span.stay.name} {span.work_on}")
    if not long:
        return ""
    return gettext("More than %(n)s hours that day: %(names)s", n=f"{limit:g}", names=_names(long))


def needs_district(project: Project, days: tuple[date, ...]) -> bool:
    """Tell whether the district decides: more than 30 days back.

    Days between the actual start and the approval of the project need no review, because
    nothing could be entered before it (screens.md 4.5, 9.3).
    """
    limit = clock.today() - timedelta(days=REVIEW_DAYS)
    return any(
        day < limit
        and not (project.actual_start and project.approved_on
                 and project.actual_start <= day <= project.approved_on)
        for day in days
    )  # fmt: skip
