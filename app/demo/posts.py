"""Posts and certificates of the demonstration city: who stands where, with which paper."""

from datetime import datetime, timedelta
from random import Random

from app.core import clock, scope
from app.demo import papers, plan
from app.demo.people import PeopleGenerator
from app.demo.people import Person as Invented
from app.demo.rosters import Crew
from app.demo.sites import Units
from app.extensions import db
from app.projects.choices import ProjectState
from app.projects.models import Project, ProjectUnit
from app.roster import services as roster
from app.roster.choices import (
    LABOUR_MANAGER,
    PROJECT_MANAGER,
    SPECIAL_CERTIFICATE,
    CertCheck,
    StaffKind,
)

POST_CERTIFICATE = "3"
NAMED = ("name", "id_number", "mobile")  # what the forms of project and unit say of a person
CERTIFIED = timedelta(days=2 * 365)
CHECKED = {"verify_state": CertCheck.GENUINE, "verify_remark": "全国工程质量安全监管信息平台"}


def create(projects: dict[str, Project], units: Units, people: PeopleGenerator) -> None:
    """Fill the posts of the sites at work: the two each unit names, and its officers."""
    for site in plan.SITES:
        if site.state is not ProjectState.ACTIVE:
            continue
        for key in (site.firm, *(firm for firm, _role in site.units)):
            unit = units[site.key, key]
            named, leader = (
                (projects[site.key], "manager") if key == site.firm else (unit, "leader")
            )
            for prefix, post in ((leader, PROJECT_MANAGER), ("labour_manager", LABOUR_MANAGER)):
                known = {fact: getattr(named, f"{prefix}_{fact}") for fact in NAMED}
                _add(unit, StaffKind.MANAGER, post, people.person(), known)
            for post in plan.OFFICERS if key == site.firm else ():
                _add(unit, StaffKind.SPECIALIST, post, people.person(), {})


def _add(
    unit: ProjectUnit, kind: StaffKind, post: str, human: Invented, known: dict[str, str]
) -> None:
    number = known.get("id_number", human.id_number)
    [kept] = papers.identity([int(number[-5:-1])])
    begun = clock.today() - timedelta(days=plan.DAYS_OF_CREWS)
    values = {
        "post": post, "unit_id": unit.id, "id_type": "01", "id_number": number,
        "name": human.name, "mobile": human.mobile, "nation": human.nation,
        "address": human.address, "id_issuer": human.id_issuer, "education": human.education,
        "certificate_kind": POST_CERTIFICATE, "certificate_no": f"粤建岗{number[-8:-1]}",
        "certificate_valid_to": clock.today() + timedelta(days=500),
        "certificate_file": papers.document("岗位证书"), "has_account": False,
        "on_post_from": begun, **kept, **known,
    }  # fmt: skip
    project = db.session.get_one(Project, unit.project_id)
    with clock.frozen(datetime.combine(begun, plan.OFFICE_OPENS, clock.CHINA)):
        roster.add_staff(project, kind, values, actor=scope.SYSTEM)


def certificates(crews: list[Crew], chance: Random) -> None:
    """Certify some of the trades that must be: one ran out, one soon will, the rest are checked."""
    for crew in crews:
        if special := plan.SPECIAL_TRADES.get(crew.name):
            _certify(crew, special, chance)


def _certify(crew: Crew, special: str, chance: Random) -> None:
    ends = [clock.today() + timedelta(days=days) for days in plan.CERTIFIED_FOR]
    made = roster.record_certificates(
        db.session.get_one(Project, crew.team.project_id),
        [
            {
                "worker": worker, "kind": SPECIAL_CERTIFICATE, "special_type": special,
                "number": f"粤A{special}{worker.id:08d}", "valid_to": end,
                "issuer": "广东省住房和城乡建设厅", "issued_on": end - CERTIFIED,
                "file": papers.document("操作资格证"),
            }
            for worker, end in zip(chance.sample(crew.workers, len(ends)), ends, strict=True)
        ],
        actor=scope.SYSTEM,
    )  # fmt: skip
    for one in made[2:]:
        roster.verify_certificate(one.row, CHECKED, actor=scope.SYSTEM)
