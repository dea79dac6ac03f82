"""Reads of the interface settings (screens.md 7.1, 7.3)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from app.core import clock
from app.extensions import db
from app.openapi.choices import Outcome
from app.openapi.methods.rows import midnight
from app.openapi.models import ApiCall, ApiClient

LOOKED_BACK = timedelta(days=30)
CALL_LASTS = timedelta(minutes=1)  # what a call writes is written within it


@dataclass(frozen=True)
class Traffic:
    """最近调用, 今日成功, 今日失败 of one client."""

    last_at: datetime | None = None
    ok_today: int = 0
    failed_today: int = 0


def clients_of(project_id: int) -> list[ApiClient]:
    """Give the accesses of a project, the first one first."""
    return list(
        db.session.scalars(
            select(ApiClient)
            .where(ApiClient.project_id == project_id, ApiClient.is_deleted.is_(False))
            .order_by(ApiClient.id)
        )
    )


def traffic(project_id: int, today: date | None = None) -> dict[int, Traffic]:
    """Give the traffic of every client of a project; its last call within the last 30 days.

    Older calls are not looked through at each opening of the page.
    """
    since = midnight(today or clock.today())
    good = ApiCall.outcome.in_((Outcome.ACCEPTED, Outcome.PARTLY))
    here = ApiCall.called_at >= since
    rows = db.session.execute(
        select(
            ApiCall.client_id, func.max(ApiCall.called_at),
            func.count().filter(here, good), func.count().filter(here, ~good),
        )
        .where(ApiCall.project_id == project_id, ApiCall.called_at >= since - LOOKED_BACK)
        .group_by(ApiCall.client_id)
    )  # fmt: skip
    return {row[0]: Traffic(*row[1:]) for row in rows}


def vendor_of(project_id: int, written_at: datetime) -> str | None:
    """Name the vendor whose system wrote something at an instant; None where it is not certain.

    The only vendor a project ever had is certain, else the only one that called just then.
    """
    vendors = dict(
        db.session.execute(
            select(ApiClient.id, ApiClient.vendor_name).where(ApiClient.project_id == project_id)
        ).all()
    )
    found = set(vendors)
    if len(found) > 1:
        found = set(db.session.scalars(
            select(ApiCall.client_id).where(
                ApiCall.project_id == project_id, ApiCall.client_id.in_(found),
                ApiCall.called_at <= written_at, ApiCall.called_at > written_at - CALL_LASTS,
            )
        ))  # fmt: skip
    names = {vendors[number] for number in found}
    return names.pop() if len(names) == 1 else None
