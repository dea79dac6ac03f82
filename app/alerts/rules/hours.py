"""ATT-001 工人日工时超出 (alert-rules.md section 3, rule 2)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import (
    CTE,
    Date,
    Select,
    Subquery,
    case,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.attendance.models import AttendanceDay, PersonDay
from app.core.columns import N_
from app.core.rules import (
    ORANGE,
    RED,
    YELLOW,
    Layers,
    Limits,
    Parameter,
    Reach,
    finding,
    row_link,
    rule,
)  # fmt: skip
from app.extensions import db
from app.projects.choices import ProjectState
from app.projects.models import Project
from app.roster.models import Person, ProjectWorker, Team

WINDOW_DAYS, WEEK, DATES_IN_WEEK, ORANGES_IN_MONTH, BUNDLE = 31, 7, 3, 3, 10
LEAST_LIMIT_HOURS = 9
SETTLED_AFTER_DAYS = 30
HOUR, TENTH = 3600, 360
D, P, W = AttendanceDay, PersonDay, ProjectWorker


def hours_text(seconds: Any, limit: Any = None) -> str:
    """Give a span in hours, in steps of 0.1 and never rounded up (alert-rules.md section 1).

    With a limit that the tenths do not exceed although the seconds do, the excess is named.
    """
    seconds = int(seconds)
    shown = f"{seconds // TENTH / 10:.1f}"
    over = seconds - float(limit) * HOUR if limit is not None else 0
    if over <= 0 or float(shown) > float(limit):
        return shown
    return gettext("%(hours)s (%(minutes)s min %(seconds)s s above)", hours=shown,
                   minutes=int(over) // 60, seconds=int(over) % 60)  # fmt: skip


def sentence(facts: Mapping[str, Any]) -> str:
    """Say who worked how long on which date, and what the limit is."""
    common = {
        "day": facts["day"], "hours": hours_text(facts["seconds"], facts["limit"]),
        "limit": facts["limit"],
    }  # fmt: skip
    if "count" in facts:
        return gettext(
            "%(count)s workers of team %(team)s worked more than %(limit)s hours on %(day)s; the"
            " longest day has %(hours)s hours", count=facts["count"], team=facts["team"], **common,
        )  # fmt: skip
    text = gettext(
        "%(name)s worked %(hours)s hours on %(day)s over all projects, %(own)s of them on this"
        " project; the limit is %(limit)s hours", name=facts["name"],
        own=hours_text(facts["own"]), **common,
    )  # fmt: skip
    if facts["dates"] >= DATES_IN_WEEK:
        text += gettext("; this is date %(n)s above the limit within 7 days", n=facts["dates"])
    return text


def _over(limits: Limits, reach: Reach, start: date) -> CTE:
    """Give the dates on which a person's hours exceed the strictest limit of the day."""
    whose = select(D.person_id).where(
        D.work_on >= start,
        D.work_on < reach.day,
        reach.within(project=D.project_id, team=D.team_id),
    )
    query = (
        select(
            P.person_id, P.work_on, func.max(P.seconds).label("seconds"),
            func.min(limits.orange_hours).label("orange"), func.min(limits.red_hours).label("red"),
        )
        .select_from(P)
        .join(D, (D.person_id == P.person_id) & (D.work_on == P.work_on) & (D.seconds > 0))
        .join(Project, Project.id == D.project_id)
        .where(
            P.work_on >= start - timedelta(days=WEEK - 1), P.work_on < reach.day,
            P.seconds > LEAST_LIMIT_HOURS * HOUR, P.person_id.in_(whose),
        )
        .group_by(P.person_id, P.work_on)
        .having(func.max(P.seconds) > func.min(limits.max_hours) * HOUR)
    )  # fmt: skip
    return query.cte("over_limit")


def _graded(over: CTE) -> Subquery:
    """Grade each date: by its hours, by three dates in seven days, by three 橙 in a month."""
    number = over.c.work_on - literal(date(2000, 1, 1), Date)
    dates = func.count().over(
        partition_by=over.c.person_id, order_by=number, range_=(-(WEEK - 1), 0)
    )
    counted = select(over, dates.label("dates")).subquery("counted")
    level = case(
        (counted.c.seconds > counted.c.red * HOUR, RED),
        (
            or_(counted.c.seconds > counted.c.orange * HOUR, counted.c.dates >= DATES_IN_WEEK),
            ORANGE,
        ),
        else_=YELLOW,
    )  # fmt: skip
    first = select(counted, level.label("level")).subquery("first_grade")
    oranges = (
        func.count()
        .filter(first.c.level >= ORANGE)
        .over(
            partition_by=(first.c.person_id, func.date_trunc("month", first.c.work_on)),
            order_by=first.c.work_on,
        )
    )
    second = select(first, oranges.label("oranges")).subquery("second_grade")
    final = case(
        ((second.c.level >= ORANGE) & (second.c.oranges >= ORANGES_IN_MONTH), RED),
        else_=second.c.level,
    )
    columns = [column for column in second.c if column.name != "level"]
    return select(*columns, final.label("level")).subquery("graded")


def _rows(limits: Limits, reach: Reach, graded: Subquery, first: date) -> CTE:
    """Give the days of the projects concerned, each with the size of its team's excess."""
    together = func.count().over(partition_by=(D.project_id, D.team_id, D.work_on))
    return (
        select(
            D.project_id, Project.district_code, D.unit_id, D.team_id, D.worker_id,
            D.work_on, D.seconds.label("own"), W.id_number_hash, W.name,
            Team.name.label("team_name"), graded.c.seconds, graded.c.dates, graded.c.level,
            limits.max_hours.label("max_hours"), together.label("together"),
        )
        .select_from(D)
        .join(graded, (graded.c.person_id == D.person_id) & (graded.c.work_on == D.work_on))
        .join(Project, Project.id == D.project_id)
        .join(W, (W.project_id == D.project_id) & (W.id == D.worker_id))
        .outerjoin(Team, (Team.project_id == D.project_id) & (Team.id == D.team_id))
        .where(
            D.work_on >= first, D.work_on < reach.day, D.seconds > 0,
            Project.state == ProjectState.ACTIVE,
            graded.c.seconds > limits.max_hours * HOUR,
            reach.within(project=D.project_id, team=D.team_id),
        )
        .cte("day_rows")
    )  # fmt: skip


def _day(column: Any) -> Any:
    return func.to_char(column, "YYYY-MM-DD")


def _alone(rows: CTE) -> Select[Any]:
    """Give one finding a person and project."""
    r = rows.c
    key = func.concat("ATT-001:", r.id_number_hash, ":", _day(r.work_on))
    return finding(
        project_id=r.project_id, district_code=r.district_code, unit_id=r.unit_id,
        team_id=r.team_id, person_hash=r.id_number_hash, subject=r.name, dedupe_key=key,
        episode=key, level=r.level, about_on=r.work_on,
        facts=func.jsonb_build_object(
            "name", r.name, "day", _day(r.work_on), "seconds", r.seconds, "own", r.own,
            "limit", r.max_hours, "dates", r.dates,
        ),
        evidence=func.jsonb_build_array(
            row_link("worker", r.worker_id, r.name),
            row_link("attendance_day", r.worker_id, _day(r.work_on)),
        ),
    ).where(or_(r.together < BUNDLE, r.team_id.is_(None)))  # fmt: skip


def _bundled(rows: CTE) -> Select[Any]:
    """Give one finding for ten or more workers of one team on one date."""
    r = rows.c
    key = func.concat("ATT-001:team:", r.team_id, ":", _day(r.work_on))
    member = func.jsonb_build_object(
        "kind", "attendance_day", "id", r.worker_id, "label", _day(r.work_on), "name", r.name,
        "seconds", r.seconds,
    )  # fmt: skip
    return (
        finding(
            project_id=r.project_id, district_code=r.district_code, unit_id=func.min(r.unit_id),
            team_id=r.team_id, subject=func.min(r.team_name), dedupe_key=key, episode=key,
            level=func.greatest(ORANGE, func.max(r.level)), about_on=r.work_on,
            facts=func.jsonb_build_object(
                "team", func.min(r.team_name), "count", func.count(), "day", _day(r.work_on),
                "seconds", func.max(r.seconds), "limit", func.min(r.max_hours),
            ),
            evidence=func.jsonb_agg(aggregate_order_by(member, r.worker_id)),
        )
        .where(r.together >= BUNDLE, r.team_id.is_not(None))
        .group_by(r.project_id, r.district_code, r.team_id, r.work_on)
    )  # fmt: skip


def what_ended(rows: Sequence[Mapping[str, Any]], _reach: Reach, _layers: Layers) -> dict[int, str]:
    """Say of each work date what the hours are after they were computed again."""
    wanted = {(row["person_hash"], row["about_on"]) for row in rows if row["person_hash"]}
    days = (
        select(Person.id_number_hash, P.work_on, P.seconds)
        .join(Person, Person.id == P.person_id)
        .where(tuple_(Person.id_number_hash, P.work_on).in_(list(wanted)))
    )
    # the connection of the run, which sees the whole city
    found = db.session.connection().execute(days)
    hours = {(day.id_number_hash, day.work_on): day.seconds for day in found}
    return {
        row["id"]: _end_of(row, hours.get((row["person_hash"], row["about_on"]), 0))
        for row in rows
        if row["person_hash"]
    }


def _end_of(row: Mapping[str, Any], seconds: int) -> str:
    limit = row["facts"]["limit"]
    if seconds > float(limit) * HOUR:
        return gettext("joined with the warning of the whole team for %(day)s",
                       day=row["about_on"].isoformat())  # fmt: skip
    return gettext(
        "computed again: %(name)s worked %(hours)s hours on %(day)s, the limit is %(limit)s",
        name=row["subject"], day=row["about_on"].isoformat(), limit=limit,
        hours=hours_text(seconds),
    )  # fmt: skip


@rule(
    "ATT-001",
    name=_("Worker's daily hours exceeded"),
    category=N_("Attendance"),
    basis="劳动法 第三十六条、第四十一条、第四十二条、第九十条；劳动保障监察条例 第二十五条",
    parameters={
        "max_hours": Parameter(11.0, 9.0, 11.0, stricter="lower"),
        "orange_hours": Parameter(13, 11, 16, stricter="lower"),
        "red_hours": Parameter(16, 13, 20, stricter="lower"),
    },
    sentence=sentence,
    closes_when=_("The hours, computed again from corrected records, are within the limit; or 30"
                  " days have passed since the explanation"),
    mend=_("Check the punches of the day and correct what is wrong; otherwise explain the overtime"
           " and arrange rest"),
    mend_endpoint="ReportPage.index",
    levels=("yellow", "orange", "red"),
    grain="team",
    asleep=("APPROVED", "SUSPENDED", "COMPLETED", "ARCHIVED"),
    window_days=WINDOW_DAYS,
    lasting=True,
    settles_after=SETTLED_AFTER_DAYS,
    ended=what_ended,
)  # fmt: skip
def daily_hours_exceeded(limits: Limits, reach: Reach) -> Select[Any]:
    """A person's hours on one work date, over all projects, exceed the limit."""  # noqa: D401 - a rule states its condition
    first = reach.day - timedelta(days=WINDOW_DAYS)
    graded = _graded(_over(limits, reach, first.replace(day=1)))
    rows = _rows(limits, reach, graded, first)
    return select(union_all(_alone(rows), _bundled(rows)).subquery("findings"))
