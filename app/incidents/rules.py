"""EVT-001 涉事工人再次加入项目 (alert-rules.md section 3, rule 4).

The person is known by document type and number, never by the name. Victims, witnesses and
lawful petitioners never match (保障农民工工资支付条例 第十条; 个人信息保护法 第六、二十四条).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import INTERVAL, JSONB, aggregate_order_by, array

from app.core import clock, dictionaries
from app.core.columns import N_
from app.core.rules import (
    BLUE,
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
from app.incidents.choices import (
    DISTURBANCE,
    MAJOR_EVENT,
    REPORTED_STATES,
    IncidentState,
    Verdict,
    WatchState,
)
from app.incidents.models import Incident, IncidentPerson, WatchEntry
from app.projects.models import Project
from app.roster.choices import StayState
from app.roster.models import ProjectWorker

N, IP, W, WE = Incident, IncidentPerson, ProjectWorker, WatchEntry
TOGETHER, TOGETHER_DAYS = 3, 30


def sentence(facts: Mapping[str, Any]) -> str:
    """Say the class and date of what is on record, no narrative."""
    events = "、".join(
        f"{dictionaries.label('incident_kind', e['kind'])}（{e['day']}）"
        for e in facts["incidents"]
    )
    if not events:
        return gettext("%(name)s, who is on the watch list, has joined the project",
                       name=facts["name"])  # fmt: skip
    text = gettext("%(name)s, recorded in %(events)s, has joined the project",
                   name=facts["name"], events=events)  # fmt: skip
    if not facts["confirmed"] and not facts["watched"]:
        text += gettext(" (not verified yet)")
    if facts["together"] >= TOGETHER:
        text += gettext("; %(n)s persons of one incident have joined within 30 days",
                        n=facts["together"])  # fmt: skip
    return text


def _local_day(instant: Any) -> Any:
    return cast(func.timezone("Asia/Shanghai", instant), Date)


def on_record(limits: Limits, joined_at: Any) -> ColumnElement[bool]:
    """Give the condition under which a part in an incident counts for who joins at an instant.

    Incident, person of it and the project joined must stand in the FROM.
    """
    months = cast(limits.lookback_months, Integer)
    return and_(
        IP.is_deleted.is_(False), N.is_deleted.is_(False), IP.role.in_(limits.city("roles")),
        N.kind.in_(limits.city("types")), N.state.in_(REPORTED_STATES),
        N.confirmed != Verdict.REFUTED,
        or_(months == 0,
            N.occurred_at >= joined_at - func.make_interval(0, months).cast(INTERVAL)),
    )  # fmt: skip


def on_watch(day: Any) -> ColumnElement[bool]:
    """Give the condition under which an entry of the watch list is in force on a day."""
    return and_(
        WE.state == WatchState.LIVE, WE.is_deleted.is_(False), WE.from_on <= day, WE.to_on >= day
    )


def _key(number: Any, stay: Any) -> Any:
    """Give the key of a join: the stay, whose dates may come later or be corrected."""
    return func.concat("EVT-001:", number, ":", stay)


def _joins(limits: Limits, reach: Reach) -> CTE:
    """Pair live roster rows with incidents their person played a part in."""
    occurred_on, joined_on = _local_day(N.occurred_at), _local_day(W.created_at)
    # a row made after the incident is a join whatever entry date it names, also on that day
    again = or_(
        W.created_at > N.occurred_at,
        W.entry_on > occurred_on,
        and_(N.project_id != W.project_id, N.confirmed == Verdict.CONFIRMED),
    )
    return (
        select(
            W.project_id, W.id.label("worker_id"), W.unit_id, W.team_id, W.name,
            W.id_number_hash, joined_on.label("joined_on"), Project.district_code,
            N.id.label("incident_id"), N.kind, occurred_on.label("occurred_on"),
            N.enterprise_id.label("recorder"), N.confirmed,
            limits.unconfirmed.label("unconfirmed"),
        )
        .select_from(W)
        .join(Project, Project.id == W.project_id)
        .join(IP, and_(IP.id_number_hash == W.id_number_hash, IP.id_type == W.id_type))
        .join(N, and_(N.project_id == IP.project_id, N.id == IP.incident_id))
        .where(
            W.state != StayState.EXITED, W.is_deleted.is_(False),
            on_record(limits, W.created_at), again,
            reach.within(project=W.project_id, person=W.id_number_hash),
        )
        .cte("joins")
    )  # fmt: skip


def _together(limits: Limits, joins: CTE) -> Any:
    """Count the persons of an incident who joined a project within thirty days."""
    other, part = W.__table__.alias("other"), IP.__table__.alias("part")
    near = func.abs(_local_day(other.c.created_at) - joins.c.joined_on)
    same = and_(part.c.id_number_hash == other.c.id_number_hash, part.c.id_type == other.c.id_type)
    return (
        select(func.count(func.distinct(other.c.id_number_hash)))
        .select_from(other.join(part, same))
        .where(
            part.c.incident_id == joins.c.incident_id, part.c.is_deleted.is_(False),
            part.c.role.in_(limits.city("roles")), other.c.is_deleted.is_(False),
            other.c.project_id == joins.c.project_id, other.c.state != StayState.EXITED,
            near <= TOGETHER_DAYS,
        )
        .correlate(joins).scalar_subquery()
    )  # fmt: skip


def _from_incidents(limits: Limits, joins: CTE) -> Select[Any]:
    proven = func.bool_or(joins.c.confirmed == Verdict.CONFIRMED).over(
        partition_by=(joins.c.project_id, joins.c.worker_id)
    )
    counted = select(joins, _together(limits, joins).label("together"), proven.label("proven")).cte(
        "joins_counted"
    )
    c = counted.c
    confirmed = c.confirmed == Verdict.CONFIRMED
    number = func.count().filter(confirmed)
    major = func.count().filter(and_(confirmed, c.kind == MAJOR_EVENT))
    together = func.coalesce(func.max(c.together).filter(confirmed), 0)
    lenient = case((func.max(c.unconfirmed) == "blue", BLUE), else_=YELLOW)
    level = case(
        (or_(number >= 2, major >= 1, and_(number >= 1, together >= TOGETHER)), RED),
        (number >= 1, ORANGE), else_=lenient,
    )  # fmt: skip
    one = func.jsonb_build_object("kind", c.kind, "day", func.to_char(c.occurred_on, "YYYY-MM-DD"))
    # the enterprise that recorded what is not verified; two recorders see nothing of each other
    alone = and_(number == 0, func.min(c.recorder) == func.max(c.recorder),
                 func.count() == func.count(c.recorder))  # fmt: skip
    viewers = case((alone, array([func.min(c.recorder)])), else_=null())
    return (
        finding(
            project_id=c.project_id, district_code=c.district_code, unit_id=c.unit_id,
            team_id=c.team_id, person_hash=c.id_number_hash, subject=c.name,
            dedupe_key=_key(c.id_number_hash, c.worker_id),
            episode=func.concat("EVT-001:", c.id_number_hash), level=level,
            tenant_sees=number >= 1, viewers=cast(viewers, ARRAY(BigInteger)),
            facts=func.jsonb_build_object(
                "name", c.name, "confirmed", number, "together", together, "watched", false(),
                "incidents", func.jsonb_agg(aggregate_order_by(one, c.incident_id)),
            ),
            evidence=func.jsonb_build_array(row_link("worker", c.worker_id, c.name)).op("||")(
                func.jsonb_agg(aggregate_order_by(
                    row_link("incident", c.incident_id, func.to_char(c.occurred_on, "YYYY-MM-DD")),
                    c.incident_id,
                ))
            ),
        )
        # what is not verified is not told beside what is
        .where(or_(confirmed, and_(~c.proven, c.unconfirmed != "off")))
        .group_by(
            c.project_id, c.district_code, c.unit_id, c.team_id, c.worker_id, c.id_number_hash,
            c.name,
        )
    )  # fmt: skip


def _from_watch_list(reach: Reach) -> Select[Any]:
    """Give joins of people a live watch entry names."""
    return (
        finding(
            project_id=W.project_id, district_code=W.district_code, unit_id=W.unit_id,
            team_id=W.team_id, person_hash=W.id_number_hash, subject=W.name,
            dedupe_key=_key(W.id_number_hash, W.id),
            episode=func.concat("EVT-001:", W.id_number_hash), level=literal(ORANGE),
            facts=func.jsonb_build_object(
                "name", W.name, "confirmed", 0, "together", 0, "watched", true(), "incidents",
                literal([], JSONB),
            ),
            evidence=func.jsonb_build_array(row_link("worker", W.id, W.name)),
        )
        .select_from(W)
        .join(WE, and_(WE.id_number_hash == W.id_number_hash, WE.id_type == W.id_type))
        .where(
            on_watch(_local_day(W.created_at)), W.is_deleted.is_(False),
            W.state != StayState.EXITED,
            reach.within(project=W.project_id, person=W.id_number_hash),
        )
    )  # fmt: skip


def what_ended(rows: Sequence[Mapping[str, Any]], _reach: Reach, _layers: Layers) -> dict[int, str]:
    """Say of each join whether the worker left, or what became of the incidents on record."""
    stays, records = _linked(rows, "worker"), _linked(rows, "incident")
    connection = db.session.connection()  # of the run, which sees the whole city
    exits = select(W.id, W.exit_on).where(W.id.in_(stays), W.state == StayState.EXITED)
    left = {row.id: row.exit_on for row in connection.execute(exits)}
    found = {
        row.id: row
        for row in connection.execute(
            select(N.id, N.occurred_at, N.state, N.confirmed).where(N.id.in_(records))
        )
    }
    told = {}
    for row in rows:
        gone = [left[number] for number in _linked([row], "worker") if number in left]
        if gone:
            told[row["id"]] = gettext("%(name)s left the site on %(day)s", name=row["subject"],
                                      day=gone[0].isoformat() if gone[0] else "—")  # fmt: skip
        else:
            texts = [_fate(found[n]) for n in _linked([row], "incident") if n in found]
            told[row["id"]] = "；".join(texts)
    return told


def _linked(rows: Sequence[Mapping[str, Any]], kind: str) -> list[int]:
    return [one["id"] for row in rows for one in row["evidence"] or [] if one["kind"] == kind]


def _fate(event: Any) -> str:
    day = f"{clock.local(event.occurred_at):%Y-%m-%d}"
    if event.state is IncidentState.CANCELLED:
        return gettext("the incident of %(day)s was revoked", day=day)
    if event.confirmed is Verdict.REFUTED:
        return gettext("the bureau found the incident of %(day)s not true", day=day)
    return gettext("the incident of %(day)s no longer names this person as organiser or party,"
                   " or no longer falls under the rule", day=day)  # fmt: skip


@rule(
    "EVT-001",
    name=_("Worker recorded in an incident joins a project again"),
    category=N_("Incidents"),
    basis="保障农民工工资支付条例 第二十九、五十二条；实名制管理办法 第十一、十六条；"
          "信访工作条例 第二十六、四十七条；限制：个人信息保护法 第六、二十四条",
    parameters={
        "lookback_months": Parameter(36, 0, 120),
        "types": Parameter((DISTURBANCE, MAJOR_EVENT)),
        "roles": Parameter(("organiser", "party")),
        "unconfirmed": Parameter("yellow", options=("off", "blue", "yellow")),
    },
    sentence=sentence,
    closes_when=_("The bureau records a decision, the worker leaves, or the incident is withdrawn;"
                  " never by time alone"),
    mend=_("Talk with the person and record what was agreed; the alert informs and forbids"
           " nothing"),
    mend_endpoint="WorkerView.show",
    levels=("yellow", "orange", "red"),
    grain="person",
    office_hours=(24, 72),
    lasting=True,
    decided=True,
    ended=what_ended,
)  # fmt: skip
def joined_after_incident(limits: Limits, reach: Reach) -> Select[Any]:
    """A person with a part in an incident has a live roster row begun after it."""  # noqa: D401 - a rule states its condition
    joins = _joins(limits, reach)
    both = union_all(_from_incidents(limits, joins), _from_watch_list(reach))
    return select(both.subquery("findings"))
