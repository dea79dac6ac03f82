"""Reads of visitors' passes: whose time covers a moment, and who comes often (screens.md 8.6)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from app.core import checks
from app.extensions import db
from app.roster import queries
from app.roster.choices import VisitState
from app.roster.models import VisitorPass

MOST_VISITS = 3  # of one person within FREQUENT_DAYS; more are listed for the labour manager
FREQUENT_DAYS = 30


def covering(moment: datetime) -> ColumnElement[bool]:
    """Tell of passes whether they hold at a moment: begun, not over, not left, not void."""
    return and_(
        VisitorPass.is_deleted.is_(False), VisitorPass.state != VisitState.VOID,
        VisitorPass.valid_from <= moment, VisitorPass.valid_to >= moment,
        or_(VisitorPass.left_at.is_(None), VisitorPass.left_at >= moment),
    )  # fmt: skip


def visits_at(project_id: int, moment: datetime) -> list[VisitorPass]:
    """Give the visitors on a project at a moment, as far as the reader may see their passes."""
    return list(
        db.session.scalars(
            select(VisitorPass)
            .where(VisitorPass.project_id == project_id, covering(moment))
            .order_by(VisitorPass.id)
        )
    )


def of_visitors(punches: Iterable[Any]) -> dict[int, VisitorPass]:
    """Give, by its id, each punch made by a visitor during his visit, with the pass.

    A punch has ``id``, ``project_id``, ``punched_at`` and ``id_number_hash``; a face is sent with
    the visitor's document, a visitor card with its own number in the same place.
    """
    asked = list(punches)
    if not asked:
        return {}
    moments = [one.punched_at for one in asked]
    passes = db.session.scalars(
        select(VisitorPass)
        .where(
            VisitorPass.project_id.in_({one.project_id for one in asked}),
            VisitorPass.is_deleted.is_(False), VisitorPass.state != VisitState.VOID,
            VisitorPass.valid_from <= max(moments), VisitorPass.valid_to >= min(moments),
            or_(
                VisitorPass.id_number_hash.in_({one.id_number_hash for one in asked}),
                VisitorPass.card_no.is_not(None),
            ),
        )
        .order_by(VisitorPass.id)
    )  # fmt: skip
    known = [(visit, _keys(visit)) for visit in passes]
    return {
        one.id: visit
        for one in asked for visit, keys in known
        if visit.project_id == one.project_id and one.id_number_hash in keys
        and visit.valid_from <= one.punched_at <= min(visit.left_at or visit.valid_to,
                                                      visit.valid_to)
    }  # fmt: skip


def _keys(visit: VisitorPass) -> set[str]:
    """Give the hashes a punch of this visitor may carry: of his document, and of his card."""
    card = checks.document_text(visit.card_no) if visit.card_no else ""
    return {key for key in (visit.id_number_hash, queries.fingerprint(card) if card else "") if key}


def visits_within() -> Any:
    """Count of a pass how many of this person began in the 30 days up to its beginning, itself too.

    One person is one document, or one mobile where a pass names no document; void passes do not
    count.
    """
    other: Any = aliased(VisitorPass)
    undocumented = or_(VisitorPass.id_number_hash.is_(None), other.id_number_hash.is_(None))
    return (
        select(func.count(other.id))
        .where(
            other.project_id == VisitorPass.project_id, other.is_deleted.is_(False),
            other.state != VisitState.VOID,
            other.valid_from <= VisitorPass.valid_from,
            other.valid_from > VisitorPass.valid_from - timedelta(days=FREQUENT_DAYS),
            or_(
                other.id_number_hash == VisitorPass.id_number_hash,
                and_(undocumented, other.mobile == VisitorPass.mobile),
            ),
        )
        .correlate(VisitorPass).scalar_subquery()
    )  # fmt: skip


def come_often() -> ColumnElement[bool]:
    """Tell of passes whether they are one more than 3 of their person in 30 days."""
    within: ColumnElement[bool] = visits_within() > MOST_VISITS
    return and_(VisitorPass.state != VisitState.VOID, within)


def frequent(pass_ids: Iterable[int]) -> dict[int, int]:
    """Give those of some passes that are one too many in 30 days, with which visit they are."""
    number = visits_within()
    rows = db.session.execute(
        select(VisitorPass.id, number).where(VisitorPass.id.in_(list(pass_ids)), come_often())
    )
    return {row[0]: row[1] for row in rows}


def card_held(
    project_id: int, card_no: str, start: datetime, end: datetime, *, but: int | None
) -> VisitorPass | None:
    """Give the pass another visitor holds a card by at some moment between two, if any."""
    query = select(VisitorPass).where(
        VisitorPass.project_id == project_id, VisitorPass.card_no == card_no,
        VisitorPass.state == VisitState.ACTIVE, VisitorPass.is_deleted.is_(False),
        VisitorPass.valid_from <= end, VisitorPass.valid_to >= start,
    )  # fmt: skip
    return db.session.scalars(query.where(VisitorPass.id != (but or 0)).limit(1)).first()
