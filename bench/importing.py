"""A large workbook of workers: written, confirmed, sent on its way step by step."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from app.core import dictionaries, scope
from app.core.acting import acting
from app.demo.people import PeopleGenerator
from app.extensions import db
from app.imports import services
from app.imports.choices import Wanted
from app.imports.models import ImportJob
from app.imports.templates.workers import worker_sheet
from app.projects.models import ProjectUnit
from app.roster.models import Team
from bench.served import Served
from tests.factories import roster

ROWS = 10_000
TEAMS = 20
REPOSITORY = Path(__file__).resolve().parent.parent


def step(name: str, given: Any = "") -> dict[str, Any]:
    """Do one step of `bench.stepping` in a process of its own and give what it took."""
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "bench.stepping", name, str(given)],
        cwd=REPOSITORY, capture_output=True, text=True, check=True,
    )  # fmt: skip
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def teams_of(s: Served) -> list[str]:
    """Give the names of the teams the workers join, made when they are not there."""
    unit = db.session.get_one(ProjectUnit, s.city.unit)
    found = db.session.query(Team.name).filter(
        Team.unit_id == unit.id, Team.name.like("导入%"), Team.is_deleted.is_(False)
    )
    names = [name for (name,) in found]
    if not names:
        names = [roster.team(unit, name=f"导入{n}班").name for n in range(TEAMS)]
        db.session.commit()
    return names


def write_workbook(s: Served, path: Path, seed: int) -> None:
    """Write invented people with every usual column filled in, wage card and contract too."""
    people, label = PeopleGenerator(seed), dictionaries.label
    with s.app.app_context(), scope.act_as(scope.SYSTEM):
        names = teams_of(s)
        unit = db.session.get_one(ProjectUnit, s.city.unit)
        heads = [column.header for column in worker_sheet().columns]
        book = Workbook(write_only=True)
        page = book.create_sheet("工人")
        page.append(heads)
        for n in range(ROWS):
            person = people.person()
            cells = {
                "所属单位统一社会信用代码": unit.credit_code, "班组名称": names[n % len(names)],
                "姓名": person.name, "证件类型": "居民身份证", "证件号码": person.id_number,
                "手机号码": person.mobile, "进场日期": "2026-11-01", "国籍/地区": "中国",
                "民族": label("nation", person.nation), "住址": person.address,
                "签发机关": person.id_issuer, "证件有效期起": "2015-01-01",
                "证件有效期止": "2035-01-01", "文化程度": label("education", person.education),
                "政治面貌": label("politics", person.politics), "是否班组长": "否",
                "工种": "钢筋工", "有无重大病史": "否", "紧急联系人": "王五",
                "紧急联系电话": f"1380000{n:04d}", "工资卡银行": label("bank", person.bank_code),
                "开户支行": "江门支行", "工资卡号": person.bank_card, "用工形式": "劳动合同",
                "合同编号": f"HT-{n:05d}", "签订日期": "2026-10-30", "合同期限类型": "固定期限合同",
                "合同开始日期": "2026-11-01", "合同结束日期": "2027-11-01",
                "计薪方式": label("pay_method", "daily"), "计薪单价": 350, "约定发薪日": 15,
                "工伤保险": "是", "意外险": "是", "备注": "批量导入",
            }  # fmt: skip
            page.append([cells.get(head, "") for head in heads])
        book.save(path)
        db.session.remove()


def confirm(s: Served, number: int) -> None:
    """Say that its rows are wanted."""
    with s.app.app_context(), acting(s.city.tenant) as actor:
        job = db.session.get_one(ImportJob, number)
        services.confirm_import(job, Wanted.ALL, actor=actor)
        db.session.commit()
        db.session.remove()


def told(said: dict[str, Any]) -> str:
    """Say how much memory a step took."""
    return f"peak {said['mib']:.0f} MiB"
