"""The list of workers over 100,000: the page and each of its filters, beside bare statements."""

from functools import partial
from typing import Any

from bench import benchmark
from bench.bench_figures import browser, official, tenant
from bench.served import bare, served

LIST = "/workerview/list/"
PAGE = """
    select * from project_worker where not is_deleted {where} order by entry_on desc, id desc
    limit 20
"""
COUNT = """
    select count(*) from (select 1 from project_worker where not is_deleted {where} limit 10001) x
"""
# the milliseconds of the figures to those of the two statements on an idle machine of two cores
GOVERNMENT, TENANT = 80 / 1.4, 50 / 0.5
FILTERS = {
    "the page": "", "on site": "state=ON_SITE", "to be completed": "incomplete=1",
    "no contract": "lacking=contract", "no wage card": "lacking=card",
    "not trained": "lacking=training", "over age": "over_age=1",
    "no punch for 7 days": "unpunched=7", "a trade": "work_type=020", "a name": "keyword=测试555",
    "an identity number": "keyword=440703198504120002",
}  # fmt: skip


def bare_list(_context: Any, where: str) -> Any:
    """Read a page and its count by hand, in the order of the list, nothing drawn."""
    connection = bare()
    page = connection.execute(PAGE.format(where=where)).fetchall()
    return page, connection.execute(COUNT.format(where=where)).fetchall()


def government(_context: Any, query: str) -> bytes:
    """Open the list of the whole city."""
    return served().page(browser(official(served())), f"{LIST}?all=1&{query}")


def of_a_project(_context: Any, query: str) -> bytes:
    """Open the list of one project of a contractor."""
    city = served().city
    return served().page(browser(tenant(served()), city.project), f"{LIST}?all=1&{query}")


for _name, _query in FILTERS.items():
    benchmark(
        f"worker_list of 100,000, government, {_name}", floor=partial(bare_list, where=""),
        floor_name="two statements by hand", prepare=served, at_most=GOVERNMENT,
        note="(80 ms to its 1.4)",
    )(partial(government, query=_query))  # fmt: skip
    benchmark(
        f"worker_list of a project, tenant, {_name}",
        floor=partial(bare_list, where="and project_id = 1"),
        floor_name="two statements by hand", prepare=served, at_most=TENANT,
        note="(50 ms to its 0.5)",
    )(partial(of_a_project, query=_query))  # fmt: skip
