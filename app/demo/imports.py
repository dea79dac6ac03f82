"""A workbook of the demonstration city: imported in part, its wrong rows still to be mended."""

from io import BytesIO

from sqlalchemy import select

from app.core import clock, dictionaries, scope
from app.core.acting import acting
from app.core.sheets import template
from app.demo import plan
from app.demo.people import PeopleGenerator, Person
from app.demo.rosters import Crew
from app.extensions import db
from app.identity.models import Account
from app.imports import services
from app.imports.choices import Wanted
from app.imports.templates import template_of
from app.projects.models import Project, ProjectUnit

WORKERS = "T3"


def create(project: Project, unit: ProjectUnit, crews: list[Crew], people: PeopleGenerator) -> None:
    """Import the workbook as the clerk of the general contractor, the rows that pass."""
    crew = next(crew for crew in crews if crew.name == plan.IMPORT_TEAM)
    rows = [_row(unit, crew, human) for human in people.people(plan.IMPORTED + plan.MISTAKEN)]
    rows[-1]["证件号码"] = _one_digit_off(rows[-1]["证件号码"])
    rows[-2]["手机号码"] = rows[-2]["手机号码"][:-1]
    workbook = BytesIO(template(template_of(WORKERS).sheet(project), rows))
    with scope.login_scope("whose workbook the demonstration imports") as connection:
        clerk = connection.scalar(select(Account.id).where(Account.username == "gc"))
    with acting(int(clerk or 0)) as actor:
        job = services.start_import(WORKERS, project, workbook, plan.IMPORT_FILE, actor=actor)
        services.check_import(job, actor=actor)
        services.confirm_import(job, Wanted.GOOD, actor=actor)
        services.run_import(job, actor=actor)
    db.session.flush()


def _row(unit: ProjectUnit, crew: Crew, human: Person) -> dict[str, str]:
    return {
        "所属单位统一社会信用代码": unit.credit_code, "班组名称": crew.name, "姓名": human.name,
        "证件号码": human.id_number, "手机号码": human.mobile,
        "进场日期": clock.today().isoformat(), "住址": human.address,
        "民族": dictionaries.label("nation", human.nation), "签发机关": human.id_issuer,
    }  # fmt: skip


def _one_digit_off(number: str) -> str:
    """Give a number as a clerk mistypes it: another digit before the last one."""
    return f"{number[:-2]}{(int(number[-2]) + 1) % 10}{number[-1]}"
