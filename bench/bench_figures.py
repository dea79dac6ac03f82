"""The figures of the product, each as a ratio to a floor measured in the same run."""

import time
from collections.abc import Callable
from functools import cache
from typing import Any

from app.core import clock
from app.demo.people import PeopleGenerator
from bench import benchmark
from bench import city as large
from bench.served import Served, bare, served
from tests.factories.enterprises import PASSWORD

PUNCHES = "/punches/list/?size=50"
PAGE = """
    select project_id, id, name, punched_at, direction, worker_id, unit_id, team_id, id_type,
      id_number, received_at, attend_method, channel, source
    from punch where project_id = any(%s) order by punched_at desc, id desc limit 50
"""
COUNT = "select count(*) from (select 1 from punch where project_id = any(%s) limit 10001) x"
people = PeopleGenerator(time.time_ns() % 2**31)  # others than those an earlier run added
ADMIN_FORM = "/admin/django_floor/worker/add/"


@cache
def browser(user_id: int, project_id: int | None = None) -> Any:
    """Give one signed-in client an account."""
    return served().client(user_id, project_id)


def opened(account: Callable[[Served], int], address: str) -> Callable[[Any], bytes]:
    """Give a run that opens a page as an account."""
    return lambda _context: served().page(browser(account(served())), address)


def bare_page(_context: Any) -> Any:
    """Read the same page by hand: the ten projects of the tenant, the count capped."""
    ids = [
        row[0]
        for row in bare().execute(
            "select project_id from project_unit where enterprise_id = (select enterprise_id"
            " from ab_user where id = %s)", (served().city.tenant,),
        )
    ]  # fmt: skip
    return bare().execute(PAGE, (ids,)).fetchall(), bare().execute(COUNT, (ids,)).fetchall()


@cache
def django_admin() -> Any:
    """Give a client signed in to Django's admin over as many workers."""
    from bench import django_floor

    with served().app.test_request_context():  # the labels of our columns are Django's too
        django_floor.configure(served().app.config["DATABASE_ADMIN_URL"])
        return django_floor.prepared(large.LARGE[1])


def tenant(s: Served) -> int:
    return s.city.tenant


def small_tenant(s: Served) -> int:
    return s.city.small_tenant


def official(s: Served) -> int:
    return s.city.official


def small_official(s: Served) -> int:
    return s.city.small_official


benchmark(
    "punch list of 1,000,000, a tenant's page", floor=opened(small_tenant, PUNCHES),
    floor_name="the same page over 10,000", at_most=1.2, prepare=served, note="(50 ms)",
)(opened(tenant, PUNCHES))  # fmt: skip
benchmark(
    "punch list of 1,000,000, the government's page", floor=opened(small_official, PUNCHES),
    floor_name="the same page over 10,000", at_most=1.2, prepare=served, note="(80 ms)",
)(opened(official, PUNCHES))  # fmt: skip
benchmark(
    "punch list, a tenant's page 200", floor=opened(tenant, PUNCHES),
    floor_name="page 1", at_most=2, prepare=served,
)(opened(tenant, f"{PUNCHES}&page=199"))  # fmt: skip
benchmark(
    "punch list, a tenant's page, against bare SQL", floor=bare_page,
    floor_name="two statements by hand, nothing drawn", prepare=served,
)(opened(tenant, PUNCHES))  # fmt: skip


def worker_form(_context: Any) -> bytes:
    """Open the form of a new worker."""
    city = served().city
    return served().page(browser(city.tenant, city.project), "/workerview/add")


def admin_form(_context: Any) -> bytes:
    """Open the same form in Django's admin."""
    return bytes(django_admin().get(ADMIN_FORM).content)


benchmark(
    "worker form with 100,000 workers, GET", floor=admin_form,
    floor_name="Django admin", at_most=2.5, prepare=django_admin, note="(30 ms to its 12)",
)(worker_form)  # fmt: skip


def posted() -> dict[str, str]:
    """Give what a clerk posts for a worker nobody knows yet, with the new pictures left out."""
    city, person = served().city, people.person()
    return {
        "unit_id": str(city.unit), "team_id": str(city.team), "id_type": "01",
        "id_number": person.id_number, "name": person.name, "mobile": person.mobile,
        "entry_on": clock.today().isoformat(), "work_type": "020", "nationality": "CN",
        "is_team_leader": "0",
    }  # fmt: skip


def worker_post(_context: Any) -> None:
    """Add a worker by the form: audit, checks over the city, the warning within the request."""
    city = served().city
    answer = browser(city.tenant, city.project).post("/workerview/add", data=posted())
    if answer.status_code != 302:
        raise RuntimeError(f"the worker was refused: {answer.status_code}")


def admin_post(_context: Any) -> None:
    """Add the same worker in Django's admin: no audit trigger, no city, no warning."""
    answer = django_admin().post(ADMIN_FORM, posted())
    if answer.status_code != 302:
        raise RuntimeError(f"the floor refused the worker: {answer.status_code}")


benchmark(
    "worker form with 100,000 workers, POST", floor=admin_post,
    floor_name="Django admin", at_most=6, prepare=django_admin, note="(60 ms to its 10)",
)(worker_post)  # fmt: skip


def sign_in(_context: Any) -> None:
    """Sign in by name and password and open the first page, 20,000 accounts in the table."""
    fresh = served().app.test_client()
    answer = fresh.post("/login/", data={"username": served().signer, "password": PASSWORD})
    if answer.status_code != 302 or fresh.get("/").status_code != 200:
        raise RuntimeError("signing in failed")


def one_hash(_context: Any) -> None:
    """Check one password: what any program pays."""
    from werkzeug.security import check_password_hash, generate_password_hash

    global _stored  # noqa: PLW0603 - made once
    _stored = _stored or generate_password_hash(PASSWORD)
    check_password_hash(_stored, PASSWORD)


_stored = ""
benchmark(
    "signing in to the first page, 20,000 accounts", floor=one_hash,
    floor_name="checking one password", prepare=served, note="(300 ms)",
)(sign_in)  # fmt: skip
benchmark(
    "an official's first page, 100,000 workers", floor=opened(small_official, "/"),
    floor_name="the same page over 1,000", prepare=served, note="(300 ms)",
)(opened(official, "/"))  # fmt: skip
