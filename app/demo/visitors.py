"""Visitors of the demonstration city: one now, one who comes often, one who never came (8.6)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock, scope
from app.demo.people import PeopleGenerator, Person
from app.extensions import db
from app.projects.models import Project
from app.roster import services as roster
from app.roster.choices import PROJECT_MANAGER
from app.roster.models import StaffMember, VisitorPass

DAYS_AGO = (24, 17, 10, 3)  # more than three visits within thirty days
STAYS = timedelta(hours=3)
DELIVERY: dict[str, Any] = {"purpose": "商品混凝土供货对接", "company": "江门供砼建材（演示）"}
INSPECTION: dict[str, Any] = {
    "purpose": "塔吊年度检验",
    "company": "江门特检服务（演示）",
    "card_no": "FK0001",
}
OFFER: dict[str, Any] = {"purpose": "钢材报价洽谈", "company": "五邑钢材贸易（演示）"}


def create(project: Project, people: PeopleGenerator) -> None:
    """Register the visitors of a site with its project manager as their host."""
    host = db.session.scalars(
        select(StaffMember)
        .where(StaffMember.project_id == project.id, StaffMember.post == PROJECT_MANAGER)
        .order_by(StaffMember.id)
        .limit(1)
    ).one()
    often, now, never = people.person(), people.person(), people.person()
    for days in DAYS_AGO:
        begins = clock.now() - timedelta(days=days)
        with clock.frozen(begins):
            row = _register(host, often, begins, **DELIVERY)
        with clock.frozen(begins + STAYS):
            roster.see_off(row, actor=scope.SYSTEM)
    _register(host, now, clock.now(), timedelta(days=2), **INSPECTION)
    void = _register(host, never, clock.now(), **OFFER)
    roster.void_visitor(void, "来访取消", actor=scope.SYSTEM)
    db.session.flush()


def _register(
    host: StaffMember, visitor: Person, begins: datetime, stays: timedelta = STAYS, **more: Any
) -> VisitorPass:
    values = {
        "name": visitor.name, "mobile": visitor.mobile, "id_number": visitor.id_number,
        "host_id": host.id, "valid_from": begins.replace(second=0, microsecond=0),
        "valid_to": begins + stays, **more,
    }  # fmt: skip
    project = db.session.get_one(Project, host.project_id)
    return roster.register_visitor(project, values, actor=scope.SYSTEM)
