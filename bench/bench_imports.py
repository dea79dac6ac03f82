"""10,000 workers by sheet: read, previewed, imported; beside it the same without the product."""

import time
from functools import cache
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from app.core import checks, clock
from bench import benchmark, importing
from bench.registry import Measured
from bench.served import bare, served

FLOOR = "calamine, check digits, COPY and upsert of one table; no audit, no encryption"
FILLED = "10,000 workers by sheet"


@cache
def workbook() -> Path:
    """Write a workbook of people nobody has seen yet."""
    s = served()
    path = Path(s.app.config["VAR"]) / "workers.xlsx"
    importing.write_workbook(s, path, time.time_ns() % 2**31)
    return path


@cache
def steps() -> dict[str, dict[str, Any]]:
    """Take the workbook all the way once, each step in its own process; leave no trace."""
    before = _newest()
    said = {"idle": importing.step("idle"), "upload": importing.step("upload", workbook())}
    number = said["upload"]["answer"]
    said["check"] = importing.step("check", number)
    importing.confirm(served(), number)
    said["run"] = importing.step("run", number)
    if (said["check"]["answer"], said["run"]["answer"]) != (importing.ROWS, importing.ROWS):
        raise RuntimeError(f"not all rows were taken: {said}")
    _forget(before)
    return said


def _newest() -> dict[str, int]:
    tables = ("project_worker", "person", "city_key")
    return {
        table: bare().execute(f"select coalesce(max(id), 0) from {table}").fetchone()[0]
        for table in tables
    }


def _forget(before: dict[str, int]) -> None:
    """Take the workers off again, so that every run begins in the same city."""
    connection, first = bare(), before["project_worker"]
    statements = [
        f"delete from {table} where worker_id > {first}"
        for table in ("movement", "team_membership")
    ]
    statements += [f"delete from {table} where id > {last}" for table, last in before.items()]
    with connection.transaction():
        for statement in statements:
            table = statement.split()[2]
            connection.execute(f"alter table {table} disable trigger user")
            connection.execute(statement)
            connection.execute(f"alter table {table} enable trigger user")


def floor(_context: Any) -> None:
    """Read the workbook, check each number and write one table, by hand."""
    page = CalamineWorkbook.from_path(workbook()).get_sheet_by_index(0)
    heads, *lines = page.to_python(skip_empty_area=False)
    number, today, seen = heads.index("证件号码"), clock.today(), set()
    for line in lines:
        seen.add(checks.identity_number(str(line[number]), today).number)
    if len(seen) != importing.ROWS:
        raise RuntimeError("the workbook names somebody twice")
    columns = ", ".join(f"c{n} text" for n in range(len(heads)))
    names = ", ".join(f"c{n}" for n in range(len(heads)))
    with bare().transaction():
        bare().execute(f"create temp table given ({columns}) on commit drop")
        bare().execute(
            f"create temp table kept ({columns}, primary key (c{number})) on commit drop"
        )
        with bare().cursor().copy("copy given from stdin") as copy:
            for line in lines:
                copy.write_row([str(cell) for cell in line])
        bare().execute(
            f"insert into kept select * from given on conflict (c{number})"
            f" do update set ({names}) = row(excluded.*)"
        )


def _took(step: str) -> Measured:
    said = steps()[step]
    return Measured(said["ms"], importing.told(said))


benchmark(
    f"{FILLED}: uploaded, read and kept", floor=floor, floor_name=FLOOR, prepare=workbook,
    once=True, at_most=6.7, note="(2 s to its 0.3)",
)(lambda _context: _took("upload"))  # fmt: skip
benchmark(
    f"{FILLED}: preview", floor=floor, floor_name=FLOOR, prepare=workbook, once=True,
    at_most=6.7, note="(2 s to its 0.3)",
)(lambda _context: _took("check"))  # fmt: skip
benchmark(
    f"{FILLED}: import", floor=floor, floor_name=FLOOR, prepare=workbook, once=True,
    at_most=13.4, note="(4 s to its 0.3)",
)(lambda _context: _took("run"))  # fmt: skip
benchmark(
    f"{FILLED}: peak memory of the worker, MiB for ms", prepare=workbook, once=True,
    floor=lambda _context: Measured(steps()["idle"]["mib"]), floor_name="a worker with no work",
    at_most=250 / 151, note="(250 MiB to its 151)",
)(lambda _context: Measured(max(steps()[step]["mib"] for step in ("check", "run"))))  # fmt: skip
