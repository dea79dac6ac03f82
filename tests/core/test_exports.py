"""Exports: small ones at once, large ones by a worker for who asked, none cut in silence (D7)."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from app.core import clock
from app.core.exports import Export
from app.core.jobs import JobRun, RunState, run_now, runner
from app.identity.models import Account
from tests.factories import attendance, enterprises, projects, roster
from tests.factories.attendance import DAY, punch, record

LISTS = ("/workerview/export/", "/punches/export/", "/attendance/export?month=2026-10")


@pytest.fixture(autouse=True)
def _few_at_once(app, monkeypatch):
    monkeypatch.setitem(app.config, "EXPORT_ROWS_AT_ONCE", 2)


@pytest.fixture
def made(system):
    """Give two projects of one contractor, the first with four workers who have punched."""
    with system(), clock.frozen(attendance.NOON):
        site = attendance.site()
        team = site.own_team
        workers = [site.own_worker, *[roster.worker(
            team, state=site.own_worker.state, entry_on=site.own_worker.entry_on
        ) for _n in range(3)]]  # fmt: skip
        record(site.project, *[punch(worker, "in 07:00", DAY) for worker in workers])
        there = projects.general_contractor_unit(projects.project(site.gc))
        elsewhere = roster.worker(roster.team(there), name="别处工人")
        return {
            "user": enterprises.admin(site.gc), "colleague": enterprises.admin(site.gc),
            "stranger": enterprises.admin(enterprises.enterprise()),
            "official": enterprises.official(), "project": site.project.id,
            "names": [worker.name for worker in workers], "elsewhere": elsewhere.name,
            "number": workers[0].id_number,
        }  # fmt: skip


def browser_of(signed_in, made, who="user", language="zh"):
    browser = signed_in(made[who])
    with browser.session_transaction() as session:
        session["project_id"], session["locale"] = made["project"], language
    return browser


def lines_of(answer):
    assert answer.status_code == 200
    return list(load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))


def asked(app, system, browser, url):
    """Ask for a large export and have the worker write it; give its address."""
    answer = browser.get(url)
    assert answer.status_code == 302, answer.status
    address = answer.headers["Location"]
    with system() as session:
        number = session.get(Export, int(address.rpartition("/")[2])).run_id
    runner.perform(app, number)
    return address


def state_of(system, address):
    with system() as session:
        row = session.get(Export, int(address.rpartition("/")[2]))
        run = session.get(JobRun, row.run_id)
        return run.state, run.error, row.rows


@pytest.mark.parametrize("url", LISTS)
def test_a_large_export_holds_what_a_small_one_holds(app, signed_in, made, system, url):
    browser = browser_of(signed_in, made)
    app.config["EXPORT_ROWS_AT_ONCE"] = 1000
    small = lines_of(browser.get(url))
    app.config["EXPORT_ROWS_AT_ONCE"] = 2

    address = asked(app, system, browser, url)

    assert state_of(system, address)[:2] == (RunState.DONE, None)
    assert "/file" in browser.get(address).get_data(as_text=True)
    large = lines_of(browser.get(f"{address}/file"))
    assert large[:-1] == small[:-1]
    assert large[-1][0].partition(" ")[0] == small[-1][0].partition(" ")[0]
    words = str(large)
    assert all(name in words for name in made["names"])
    assert made["elsewhere"] not in words
    assert made["number"] not in words


def test_the_page_of_an_export_shows_progress_first_and_the_workbook_then(
    app, signed_in, made, system
):
    browser = browser_of(signed_in, made)
    address = browser.get("/workerview/export/").headers["Location"]
    waiting = browser.get(address).get_data(as_text=True)
    progress = re.search(r'data-progress-url="([^"]+)"', waiting).group(1)
    assert browser.get(progress).get_json()["done"] is False
    assert browser.get(f"{address}/file").status_code == 404
    with system() as session:
        number = session.get(Export, int(address.rpartition("/")[2])).run_id

    runner.perform(app, number)

    assert browser.get(progress).get_json() == {
        "done": True, "error": "", "percent": 100, "text": "正在写入 5 行", "url": address,
    }  # fmt: skip


def test_filters_and_language_are_those_of_the_request(app, signed_in, made, system):
    app.config["EXPORT_ROWS_AT_ONCE"] = 0
    browser = browser_of(signed_in, made, language="en")

    address = asked(app, system, browser, f"/workerview/export/?keyword={made['names'][1]}")

    lines = lines_of(browser.get(f"{address}/file"))
    assert len(lines) == 4
    assert lines[-1][0].startswith("Exported by")
    assert made["names"][1] in str(lines[2])


@pytest.mark.parametrize("who", ["colleague", "stranger", "official"])
def test_nobody_else_sees_or_fetches_an_export(app, signed_in, made, system, who):
    address = asked(app, system, browser_of(signed_in, made), "/workerview/export/")
    other = browser_of(signed_in, made, who)

    assert other.get(address).status_code == 404
    assert other.get(f"{address}/file").status_code == 404


def test_an_export_that_leaves_rows_out_says_so_below_its_rows_and_on_its_page(
    app, signed_in, made, system, monkeypatch
):
    monkeypatch.setitem(app.config, "EXPORT_MOST_ROWS", 3)
    browser = browser_of(signed_in, made)

    address = asked(app, system, browser, "/workerview/export/")

    sentence = "仅包含前 3 行，其余行请缩小筛选范围后再导出"
    lines = lines_of(browser.get(f"{address}/file"))
    assert len(lines) == 2 + 3 + 2
    assert lines[-2][0] == sentence
    assert sentence in browser.get(address).get_data(as_text=True)


def test_an_export_that_is_whole_says_nothing(app, signed_in, made, system, monkeypatch):
    monkeypatch.setitem(app.config, "EXPORT_MOST_ROWS", 5)
    browser = browser_of(signed_in, made)

    address = asked(app, system, browser, "/workerview/export/")

    assert len(lines_of(browser.get(f"{address}/file"))) == 2 + 5 + 1


def test_an_account_closed_meanwhile_gets_no_workbook(app, signed_in, made, system):
    browser = browser_of(signed_in, made)
    address = browser.get("/workerview/export/").headers["Location"]
    with system() as session:
        number = session.get(Export, int(address.rpartition("/")[2])).run_id
        session.execute(text("set local role app_login"))
        session.query(Account).filter_by(id=made["user"]).update({"active": False})

    runner.perform(app, number)

    state, error, rows = state_of(system, address)
    assert (state, rows) == (RunState.FAILED, None)
    assert error


def test_a_right_taken_meanwhile_leaves_no_workbook(app, signed_in, made, system):
    browser = browser_of(signed_in, made)
    address = browser.get("/workerview/export/").headers["Location"]
    with system() as session:
        number = session.get(Export, int(address.rpartition("/")[2])).run_id
        session.execute(text("set local role app_login"))
        session.execute(
            text("delete from ab_user_role where user_id = :user"), {"user": made["user"]}
        )

    runner.perform(app, number)

    assert state_of(system, address)[0::2] == (RunState.FAILED, None)


def test_a_fourth_export_waits_for_the_others(signed_in, made, system):
    browser = browser_of(signed_in, made)
    for _n in range(3):
        assert "/exports/" in browser.get("/workerview/export/").headers["Location"]

    assert browser.get("/workerview/export/").headers["Location"] == "/workerview/list/"
    with system() as session:
        assert session.query(Export).count() == 3


@pytest.mark.parametrize(
    ("state", "led_to"),
    [
        pytest.param(RunState.RUNNING, "/workerview/list/", id="what is at work counts"),
        pytest.param(RunState.FAILED, "/exports/", id="what has failed does not"),
    ],
)
def test_only_exports_still_at_work_keep_a_user_from_another(
    signed_in, made, system, state, led_to
):
    browser = browser_of(signed_in, made)
    for _n in range(3):
        browser.get("/workerview/export/")
    with system() as session:
        session.query(JobRun).filter(JobRun.id.in_(session.query(Export.run_id))).update(
            {"state": state}
        )

    assert browser.get("/workerview/export/").headers["Location"].startswith(led_to)


def test_what_was_looked_for_is_not_readable_in_the_database(signed_in, made, system):
    address = f"/workerview/export/?keyword={made['number']}"
    app_rows = browser_of(signed_in, made)
    app_rows.application.config["EXPORT_ROWS_AT_ONCE"] = 0
    assert app_rows.get(address).status_code == 302

    with system() as session:
        stored = session.execute(
            text("select export::text, (select string_agg(job_run::text, '') from job_run)"
                 " from export")
        ).one()  # fmt: skip
        assert made["number"] not in str(stored)


def test_old_exports_are_forgotten(app, signed_in, made, system):
    browser = browser_of(signed_in, made)
    kept = asked(app, system, browser, "/workerview/export/")
    old = asked(app, system, browser, "/workerview/export/")
    with system() as session:
        row = session.get(Export, int(old.rpartition("/")[2]))
        row.created_at = clock.now() - timedelta(days=8)
    with system():
        run_now("core.cleanup")

    assert browser.get(kept).status_code == 200
    assert browser.get(old).status_code == 404
