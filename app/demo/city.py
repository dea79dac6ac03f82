"""The demonstration city: created once, the same from the same seed and day."""

from random import Random
from typing import Any

from sqlalchemy import select

from app.alerts import services as alerts
from app.core import scope
from app.demo import attendance, firms, imports, plan, posts, rosters, sites, stories, visitors
from app.demo.people import PeopleGenerator
from app.extensions import db
from app.identity import services as identity
from app.identity.models import Account
from app.openapi import passes
from app.openapi.choices import Environment
from app.openapi.models import ApiClient
from app.openapi.services import open_client
from app.projects.models import Project

ACCOUNTS = ("sysadmin", "city", "district", "gc", "prof", "labour", "manager")


def exists() -> bool:
    """Tell whether the demonstration city has been created."""
    with scope.login_scope("is the demonstration there") as connection:
        found = connection.execute(select(Account.id).where(Account.username == "gc"))
        return found.first() is not None


def create() -> None:
    """Create the city: enterprises, projects, rosters, punches, stories, the first scan."""
    scope.adopt(scope.SYSTEM)  # the question before it has begun a transaction as nobody
    people, chance = PeopleGenerator(plan.SEED), Random(plan.SEED)  # noqa: S311 - no secret
    made = firms.create(people)
    firms.officials()
    firms.applicant(people)
    projects, units = sites.create(made, people)
    crews = rosters.create(units, people, chance)
    posts.create(projects, units, people)
    posts.certificates(crews, chance)
    visitors.create(projects["main"], people)
    stories.articles()
    _labour_manager(projects["main"], units["main", "gc"])
    vendor = _vendor()
    passes.record(vendor["vendor_name"], vendor["software"], vendor["software_version"])
    open_client(projects["main"], vendor, actor=scope.SYSTEM)
    db.session.commit()
    attendance.create(projects, crews, chance)
    stories.wrong_data(crews, chance)
    names = {unit.id: key for (_site, key), unit in units.items()}
    stories.wages(crews, names)
    trouble = next(c for c in crews if c.name == "木工班").workers[3:5]
    stories.incident(projects["main"], units["main", "labour"], people, trouble)
    imports.create(projects["main"], units["main", "gc"], crews, people)
    db.session.commit()
    alerts.scan()
    db.session.commit()


def _vendor() -> dict[str, Any]:
    return {
        "vendor_name": "五邑智慧工地科技（演示）", "vendor_contact": "技术支持",
        "vendor_mobile": "0750-3000100", "scopes": ["TEAM", "WORKER", "ATTENDANCE"],
        "software": "智慧工地平台", "software_version": "3.2", "enabled": True,
        "environment": Environment.LIVE,
    }  # fmt: skip


def _labour_manager(project: Project, unit: Any) -> None:
    user_id, _password = identity.open_site_login(
        project_id=project.id, unit_id=unit.id, whole_project=True, username="manager",
        name=project.labour_manager_name, mobile=project.labour_manager_mobile,
        role="labour_manager", can_write=None, actor=scope.SYSTEM,
    )  # fmt: skip
    identity.set_password(user_id, plan.PASSWORD)


def facts() -> dict[str, Any]:
    """Give what the demonstration is entered with."""
    scope.adopt(scope.SYSTEM)
    project = db.session.scalars(select(Project).where(Project.name == plan.SITES[0].name)).first()
    client = db.session.scalars(
        select(ApiClient).where(ApiClient.project_id == project.id).order_by(ApiClient.id)
    ).first()
    return {
        "accounts": {name: {"username": name, "password": plan.PASSWORD} for name in ACCOUNTS},
        "project": {"code": project.project_no, "name": project.name},
        "openapi": {"appid": client.app_id, "secret": client.app_secret},
    }
