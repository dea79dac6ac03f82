"""The audit log and the scheduled jobs as officials see them."""

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select, text

from app.core import scope
from app.core.audit import AuditEntry
from app.core.jobs import JobRun, RunState, Schedule, defer, job, registry
from app.core.settings import Setting
from app.extensions import db
from app.roster.models import ProjectWorker
from tests.factories import enterprises, projects, roster

LIST, JOBS, RUNS = "/auditview", "/jobview", "/jobrunview"


@pytest.fixture
def site(system):
    """Give a worker of a project in 440703 whose name was changed for a reason."""
    with system() as session:
        firm = enterprises.enterprise()
        row = roster.worker(roster.team(projects.general_contractor_unit(projects.project(firm))))
        number, secret = row.id, row.id_number
        session.execute(text("set local app.reason = '身份证更名'"))
        row.name = "改名后"
        session.flush()
        return {
            "worker": number, "secret": secret, "project": row.project_id,
            "near": enterprises.official(), "far": enterprises.official(district="440781"),
            "city": enterprises.official("city_admin", district=None),
            "contractor": enterprises.admin(firm),
            "administrator": enterprises.system_administrator(),
        }  # fmt: skip


def entry_of(system, site, action="update"):
    with system() as session:
        return (
            session.query(AuditEntry.id)
            .filter_by(table_name="project_worker", row_id=site["worker"], action=action)
            .scalar()
        )


def page(client, url):
    answer = client.get(url)
    assert answer.status_code == 200, answer.data
    return answer.get_data(as_text=True)


def test_the_log_shows_who_changed_what_and_why(signed_in, system, site):
    official = signed_in(site["near"])
    assert "身份证更名" in page(official, f"{LIST}/list/?row={site['worker']}&act=update")

    both = page(official, f"{LIST}/list/?row={site['worker']}&table=project_worker")
    assert "共 2 条" in both or "2 records in all" in both

    shown = page(official, f"{LIST}/show/{entry_of(system, site)}")
    assert "改名后" in shown
    assert "身份证更名" in shown


def test_the_log_names_rows_and_people_and_shows_no_raw_name(signed_in, system, site):
    shown = page(signed_in(site["near"]), f"{LIST}/list/?row={site['worker']}&act=update")
    rows = shown.split("<tbody>")[1].split("</tbody>")[0]

    assert "工人 改名后" in rows
    assert "project_worker" not in rows


@pytest.mark.parametrize("query", ["table=project_worker", "table=alert", "act=insert"])
def test_an_official_opens_every_entry_of_his_log(signed_in, system, site, query):
    official = signed_in(site["near"])
    listed = page(official, f"{LIST}/list/?{query}&size=50")

    for number in set(re.findall(r"/auditview/show/(\d+)", listed)):
        assert "project_worker" not in page(official, f"{LIST}/show/{number}").split("<main")[1]


def test_secrets_are_masked_in_the_log(signed_in, system, site):
    shown = page(signed_in(site["near"]), f"{LIST}/show/{entry_of(system, site, 'insert')}")
    assert site["secret"] not in shown
    assert "******" in shown


def test_another_district_sees_nothing_of_it(signed_in, system, site):
    official = signed_in(site["far"])
    assert "身份证更名" not in page(official, f"{LIST}/list/")
    assert official.get(f"{LIST}/show/{entry_of(system, site)}").status_code == 404


def test_what_belongs_to_no_district_is_seen_by_the_city_office_only(signed_in, system, site):
    with system() as session:
        session.add(Setting(key="audit.example", value=7))
        session.flush()
        entry = session.query(AuditEntry).filter_by(table_name="setting").order_by(
            AuditEntry.id.desc()
        ).first()  # fmt: skip
        number = entry.id

    assert page(signed_in(site["city"]), f"{LIST}/show/{number}")
    assert signed_in(site["near"]).get(f"{LIST}/show/{number}").status_code == 404


def test_an_update_keeps_only_what_differs(system, site):
    with system() as session:
        entry = session.query(AuditEntry).filter_by(
            table_name="project_worker", row_id=site["worker"], action="update"
        ).one()  # fmt: skip

        assert entry.after["name"] == "改名后"
        assert entry.before["name"] != "改名后"
        assert entry.before.keys() == entry.after.keys()
        assert "entry_on" not in entry.after


def test_a_contractor_has_no_log(signed_in, site):
    answer = signed_in(site["contractor"]).get(f"{LIST}/list/")
    assert answer.status_code in {302, 403}


@pytest.fixture
def entries(system, site):
    """Give every entry of the district, among them one an official and one a contractor made."""
    for user, reason in (("near", "核对后更正"), ("contractor", "退场人员留言")):
        actor = scope.Principal(scope.Audience.SYSTEM, site[user], door=scope.Door.FORM)
        with system(actor) as session:
            session.execute(
                text("select set_config('app.reason', :words, true)"), {"words": reason}
            )
            session.get(ProjectWorker, site["worker"]).remark = reason
            session.flush()
    with system() as session:
        rows = session.query(AuditEntry).filter_by(district_code="440703").all()
        session.expunge_all()
    return rows


def shown_by(client, query):
    """Give the numbers of the entries a filter leaves on the list, in its order."""
    found = re.findall(rf"{LIST}/show/(\d+)", page(client, f"{LIST}/list/?size=100&{query}"))
    return list(dict.fromkeys(map(int, found)))


FILTERS = {
    "": lambda _row, _site: True,
    "who=审核": lambda row, site: row.actor == site["near"],
    "who=没有此人": lambda _row, _site: False,
    "table=project_worker": lambda row, _site: row.table_name == "project_worker",
    "table=permit": lambda _row, _site: False,
    "row={worker}&table=project_worker": lambda row, site: (
        row.row_id == site["worker"] and row.table_name == "project_worker"
    ),
    "row=x": lambda _row, _site: False,
    "act=update": lambda row, _site: row.action == "update",
    "act=insert": lambda row, _site: row.action == "insert",
    "way=system": lambda row, _site: row.door == "system",
    "way=manual": lambda row, _site: row.door == "manual",
    "reason=更名": lambda row, _site: "更名" in (row.reason or ""),
    "reason=更": lambda row, _site: "更" in (row.reason or ""),
    "at__from=2020-01-01": lambda _row, _site: True,
    "at__to=2020-01-01": lambda _row, _site: False,
    "way=manual&reason=留言": lambda row, site: row.actor == site["contractor"],
    "keyword=%27%3B--": lambda _row, _site: True,
}


LEAVE_NOTHING = {"who=没有此人", "table=permit", "row=x", "at__to=2020-01-01"}
LEAVE_ALL = {"", "at__from=2020-01-01", "keyword=%27%3B--"}


@pytest.mark.parametrize("query", FILTERS)
def test_every_filter_shows_what_it_asks_for_and_nothing_else(signed_in, site, entries, query):
    wanted = {row.id for row in entries if FILTERS[query](row, site)}
    shown = shown_by(signed_in(site["near"]), query.format(worker=site["worker"]))

    assert set(shown) == wanted
    assert bool(wanted) is (query not in LEAVE_NOTHING)
    assert (len(wanted) == len(entries)) is (query in LEAVE_ALL)


def test_the_log_is_shown_newest_first_or_oldest_first_as_asked(signed_in, site, entries):
    official = signed_in(site["near"])
    oldest_first = [row.id for row in sorted(entries, key=lambda row: (row.at, row.id))]

    assert shown_by(official, "order=at") == oldest_first
    assert shown_by(official, "order=-at") == shown_by(official, "") == oldest_first[::-1]


def test_the_export_holds_what_is_filtered(signed_in, site):
    answer = signed_in(site["near"]).get(f"{LIST}/export/?row={site['worker']}&act=update")
    rows = list(load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert any("身份证更名" in map(str, row) for row in rows)
    assert not any(site["secret"] in map(str, row) for row in rows)


def test_nobody_can_edit_the_log(signed_in, system, site):
    official = signed_in(site["city"])
    entry = entry_of(system, site)
    for url in (f"{LIST}/add", f"{LIST}/edit/{entry}", f"{LIST}/delete/{entry}"):
        assert official.post(url).status_code in {404, 405}


# --- jobs -------------------------------------------------------------------------------


@pytest.fixture
def scheduled(system, monkeypatch):
    """Declare a job with a schedule and give the number of its row."""
    monkeypatch.setattr(registry, "_jobs", dict(registry._jobs))

    @job("tests.daily", cron="0 2 * * *", title="每日核对")
    def daily(day=None):
        return 1

    with system() as session:
        row = Schedule(name="tests.daily", cron="0 2 * * *", enabled=True)
        session.add(row)
        session.flush()
        return row.id


def test_the_list_shows_schedule_and_last_run(signed_in, system, site, scheduled):
    with system() as session:
        session.add(JobRun(name="tests.daily", state=RunState.FAILED, error="第3行缺少姓名"))
    shown = page(signed_in(site["city"]), f"{JOBS}/list/")
    assert "每日核对" in shown
    assert "每天 02:00" in shown
    assert "0 2 * * *" not in shown
    assert "每天 02:00（0 2 * * *）" in page(signed_in(site["city"]), f"{JOBS}/show/{scheduled}")
    assert "失败" in shown or "Failed" in shown


def test_a_job_without_a_run_on_record_is_not_said_to_have_never_run(signed_in, site, scheduled):
    assert "暂无运行记录" in page(signed_in(site["city"]), f"{JOBS}/list/")


@pytest.mark.usefixtures("scheduled")
@pytest.mark.parametrize(("counted", "exported"), [(1234, 1234), (0, 0), (None, None)])
def test_an_exported_number_is_a_number_and_nothing_is_an_empty_cell(
    signed_in, system, site, counted, exported
):
    with system() as session:
        session.add(JobRun(name="tests.daily", state=RunState.DONE, rows=counted))

    answer = signed_in(site["city"]).get(f"{JOBS}/export/")

    _mark, head, *rows = load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True)
    (row,) = [row for row in rows if row[0] == "每日核对"]
    assert dict(zip(head, row, strict=True))["行数"] == exported
    assert "None" not in str([cell for cell in row if cell is not None])


def test_running_by_hand_puts_a_run_into_the_queue(signed_in, system, site, scheduled):
    answer = signed_in(site["city"]).post(f"{JOBS}/start/{scheduled}")
    with system() as session:
        number = session.query(JobRun.id).filter_by(name="tests.daily").scalar()
    assert answer.location.endswith(f"{RUNS}/show/{number}")
    assert "progress" in page(signed_in(site["city"]), f"{RUNS}/show/{number}")


def test_a_past_day_is_run_again_and_a_coming_one_refused(signed_in, system, site, scheduled):
    official = signed_in(site["city"])
    assert "每日核对" in page(official, f"{JOBS}/start/{scheduled}")
    for day in ("2999-01-01", "yesterday"):
        official.post(f"{JOBS}/start/{scheduled}", data={"day": day})
    official.post(f"{JOBS}/start/{scheduled}", data={"day": "2026-11-01"})
    with system() as session:
        assert [r.args for r in session.query(JobRun).filter_by(name="tests.daily")] == [
            {"day": "2026-11-01"}
        ]


def test_the_schedule_is_changed_on_its_form(signed_in, system, site, scheduled):
    official = signed_in(site["city"])
    with system() as session:
        version = session.get(Schedule, scheduled).row_version
    refused = official.post(
        f"{JOBS}/edit/{scheduled}",
        data={"cron": "at noon", "enabled": "1", "row_version": version},
    )
    assert refused.status_code == 200
    saved = official.post(
        f"{JOBS}/edit/{scheduled}",
        data={"cron": "15 4 * * *", "enabled": "0", "row_version": version},
    )
    assert saved.status_code == 302, saved.get_data(as_text=True)
    with system() as session:
        row = session.get(Schedule, scheduled)
        assert (row.cron, row.enabled) == ("15 4 * * *", False)


def test_a_system_administrator_sees_changes_and_runs_the_jobs(signed_in, system, site, scheduled):
    with system() as session:
        session.add(JobRun(name="tests.daily", state=RunState.FAILED, error="第3行缺少姓名"))
        version = session.get(Schedule, scheduled).row_version
    admin = signed_in(site["administrator"])
    shown = page(admin, f"{JOBS}/list/")
    assert "每日核对" in shown
    assert "失败" in shown or "Failed" in shown
    own = page(admin, f"{JOBS}/show/{scheduled}")
    assert "0 2 * * *" in own
    assert "tests.daily" not in own
    assert page(admin, f"{JOBS}/edit/{scheduled}")
    off = {"cron": "0 2 * * *", "enabled": "0", "row_version": version}
    assert admin.post(f"{JOBS}/edit/{scheduled}", data=off).status_code == 302
    with system() as session:
        row = session.get(Schedule, scheduled)
        assert row.enabled is False
        version = row.row_version
    on = {**off, "enabled": "1", "row_version": version}
    assert admin.post(f"{JOBS}/edit/{scheduled}", data=on).status_code == 302
    started = admin.post(f"{JOBS}/start/{scheduled}", data={"day": "2026-11-01"})
    with system() as session:
        assert session.get(Schedule, scheduled).enabled is True
        run = session.query(JobRun).filter_by(created_by=site["administrator"]).one()
        assert run.args == {"day": "2026-11-01"}
        number = run.id
    assert started.location.endswith(f"{RUNS}/show/{number}")
    assert "progress" in page(admin, started.location)
    assert "每日核对" in page(admin, f"{RUNS}/list/")
    shown = page(admin, f"{RUNS}/show/{number}")
    assert "每日核对" in shown
    assert "tests.daily" not in shown
    assert admin.get(f"/progress/{number}").get_json()["done"] is False


def test_a_system_administrator_sees_no_run_somebody_else_asked_for(signed_in, system, site):
    with system() as session:
        run = JobRun(name="alerts.scan", text="他人运行", created_by=site["contractor"])
        session.add(run)
        session.flush()
        number = run.id
    admin = signed_in(site["administrator"])
    assert "他人运行" not in page(admin, f"{RUNS}/list/")
    assert admin.get(f"{RUNS}/show/{number}").status_code == 404


def test_a_system_administrator_keeps_the_columns_of_his_lists(signed_in, site, scheduled):
    admin = signed_in(site["administrator"])
    kept = admin.post(f"{JOBS}/columns", data={"columns": ["title", "cron"]})
    shown = page(admin, f"{JOBS}/list/")
    other = page(signed_in(site["city"]), f"{JOBS}/list/")

    assert kept.status_code == 302
    assert shown.count("<th") < other.count("<th")


def test_the_schedule_is_closed_to_whoever_has_not_signed_in(app, client, scheduled):
    assert client.get(f"{JOBS}/list/").status_code == 302
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Schedule)) == 0
        db.session.remove()


def test_reviewers_and_contractors_have_no_jobs(signed_in, site, scheduled):
    for user in ("near", "contractor"):
        client = signed_in(site[user])
        assert client.get(f"{JOBS}/list/").status_code in {302, 403}
        assert client.post(f"{JOBS}/start/{scheduled}").status_code in {302, 403}


def test_progress_is_told_to_who_asked_only(signed_in, system, site, scheduled):
    owner = scope.Principal(scope.Audience.TENANT, user_id=site["contractor"])
    with system(owner):
        number = defer("tests.daily")
    mine = signed_in(site["contractor"]).get(f"/progress/{number}")
    assert mine.get_json()["percent"] == 0
    assert mine.get_json()["done"] is False
    assert signed_in(site["near"]).get(f"/progress/{number}").status_code == 404
