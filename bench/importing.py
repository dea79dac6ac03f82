"""A large workbook on its way onto the roster, each step in a fresh process as a worker is one.

``python -m bench.importing check 12`` checks the import 12 and prints milliseconds and peak memory.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from app.core import dictionaries, scope
from app.core.acting import acting
from app.core.jobs import worker
from app.demo.people import PeopleGenerator
from app.extensions import db
from app.imports import services
from app.imports.choices import Wanted
from app.imports.models import ImportJob
from app.imports.templates.workers import worker_sheet
from app.projects.models import Project, ProjectUnit
from app.roster.models import Team
from bench.served import Served, served
from tests.factories import roster

ROWS = 10_000
TEAMS = 20
KIBIBYTES = 1024


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


def upload(s: Served, actor: scope.Principal, path: str) -> int:
    """Read the workbook and keep it, as the page does."""
    project = db.session.get_one(Project, s.city.project)
    with Path(path).open("rb") as stream:
        job = services.start_import("T3", project, stream, Path(path).name, actor=actor)
    db.session.commit()
    return int(job.id)


def check(_s: Served, actor: scope.Principal, number: str) -> int:
    """Check its rows."""
    job = db.session.get_one(ImportJob, int(number))
    services.check_import(job, actor=actor)
    db.session.commit()
    return int(job.passed)


def run(_s: Served, actor: scope.Principal, number: str) -> int:
    """Write its rows."""
    job = db.session.get_one(ImportJob, int(number))
    services.run_import(job, actor=actor)
    db.session.commit()
    return int(job.imported)


def confirm(s: Served, number: int) -> None:
    """Say that its rows are wanted."""
    with s.app.app_context(), acting(s.city.tenant) as actor:
        job = db.session.get_one(ImportJob, number)
        services.confirm_import(job, Wanted.ALL, actor=actor)
        db.session.commit()
        db.session.remove()


def idle(_s: Served, _actor: scope.Principal, _nothing: str) -> int:
    """Do nothing: what a worker process weighs by itself."""
    return 0


STEPS = {"upload": upload, "check": check, "run": run, "idle": idle}


def main(step: str, given: str = "") -> None:
    """Do one step and print how long it took and how large the process became."""
    s = served()
    worker.settle()
    with s.app.app_context(), acting(s.city.tenant) as actor:
        began = time.perf_counter()
        answer = STEPS[step](s, actor, given)
        took = time.perf_counter() - began
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    peak = int(status["VmHWM"].split()[0]) / KIBIBYTES  # of this program, not of who started it
    print(json.dumps({"answer": answer, "ms": took * 1000, "mib": peak}))  # noqa: T201


def told(said: dict[str, Any]) -> str:
    """Say how much memory a step took."""
    return f"peak {said['mib']:.0f} MiB"


if __name__ == "__main__":
    main(*sys.argv[1:])
