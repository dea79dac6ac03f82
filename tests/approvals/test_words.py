"""The audit speaks Chinese: tables, columns, values, reasons (screens.md 15)."""

import re
from datetime import date
from types import SimpleNamespace

import pytest
from flask import g
from flask_babel import force_locale, gettext

from app.approvals import queries, words
from app.core import scope
from app.core.audit import AuditEntry
from app.core.database import AUDITED_IDENTITY
from app.core.models import entities
from app.extensions import db
from tests.factories import enterprises, projects, roster
from tests.factories.alerts import day_of, scan

# triggers keep passwords, sign-ins and the content of drafts out; names of people stand in one part
UNTOLD = {("form_draft", "content"), *(("ab_user", name) for name in (
    "email", "first_name", "password", "last_login", "login_count", "fail_login_count",
))}  # fmt: skip
HAN = re.compile(r"[\u4e00-\u9fff]")
RAW = re.compile(r"[a-z]+_[a-z_]+|[{}\[\]]|\b(?:None|none|null|True|False)\b|\b[A-Z]{2,}_[A-Z_]+\b")


@pytest.fixture
def chinese(app):
    with app.test_request_context(), force_locale("zh"):
        g.principal = scope.SYSTEM
        yield
        db.session.rollback()
        db.session.remove()


def columns():
    """Give table and column of everything the log may tell about."""
    tables = [model.__table__ for model in entities() if model.__audited__]
    tables += [db.metadata.tables[name] for name in AUDITED_IDENTITY]
    return [
        (table.name, column.name)
        for table in tables
        for column in table.columns
        if column.name not in queries.BOOKKEEPING and not column.name.endswith("_hash")
        and (table.name, column.name) not in UNTOLD
    ]  # fmt: skip


def test_every_audited_table_has_a_chinese_title(chinese):
    tables = {table for table, _column in columns()}
    other = words.table_title("no such table")

    assert {t for t in tables if words.table_title(t) == other} == set()
    assert {t for t in tables if not HAN.search(words.table_title(t))} == set()


def test_every_audited_column_has_a_chinese_label(chinese):
    other = words.column_label("", "no such column")
    labels = {pair: words.column_label(*pair) for pair in columns()}

    assert {p for p, label in labels.items() if label == other or not HAN.search(label)} == set()


def test_only_people_have_a_person_s_name(chinese):
    named = {table for table, name in columns() if words.column_label(table, name) == "姓名"}

    assert named == {
        "ab_user", "incident_person", "person", "person_correction", "project_worker",
        "staff_member", "stay_release", "visitor_pass", "watch_entry",
    }  # fmt: skip


def test_where_a_file_is_stored_is_not_told(chinese):
    entry = AuditEntry(
        table_name="stored_file", action="insert", before=None,
        after={"key": "ab/abcdef", "original_name": "合同.pdf"},
    )  # fmt: skip

    assert queries.summary(entry) == "文件名称"


def test_a_person_on_file_is_named_by_his_stay_or_by_the_entry_itself(chinese):
    unit = projects.general_contractor_unit(projects.project(enterprises.enterprise()))
    worker = roster.worker(roster.team(unit))
    db.session.flush()
    entry = AuditEntry(table_name="person", row_id=worker.person_id, before={}, after={})
    told = AuditEntry(table_name="person", row_id=0, before={}, after={"name": "梁建国"})

    assert queries.object_of(entry, queries.named([entry])) == f"人员档案 {worker.name}"
    assert queries.object_of(told, {}) == "人员档案 梁建国"


def test_no_value_of_the_log_stands_as_it_does_in_the_table(chinese):
    unit = projects.general_contractor_unit(projects.project(enterprises.enterprise()))
    worker = roster.worker(roster.team(unit))
    day_of(worker, date(2026, 10, 20), 12)
    scan("ATT-001", date(2026, 10, 21))

    entries = (
        db.session.query(AuditEntry)
        .filter(
            AuditEntry.table_name.in_(
                (
                    "alert",
                    "alert_event",
                    "project_worker",
                    "team",
                    "project",
                    "project_unit",
                    "movement",
                )
            )
        )
        .all()
    )
    lines = [
        f"{item['label']}：{re.sub('<[^>]+>', ' ', str(item[side]))}"
        for entry in entries
        for item in queries.changes(entry)
        for side in ("old", "new")
    ]

    assert {"alert", "alert_event", "project_worker", "team"} <= {e.table_name for e in entries}
    assert [line for line in lines if RAW.search(line)] == []
    assert any("12.0小时" in line for line in lines)
    assert any(worker.name in line for line in lines)


@pytest.mark.parametrize(
    ("table", "name", "raw", "text"),
    [
        ("project_worker", "state", "ON_SITE", "在场"), ("project_worker", "sex", "1", "女"),
        ("project_worker", "entry_on", "2026-10-20", "2026-10-20"),
        ("project_worker", "mobile", "13800135678", "138****5678"),
        ("enterprise", "reviewed_at", "2026-11-22T02:44:41.388167+00:00", "2026-11-22 10:44"),
        ("alert", "tenant_sees", True, "是"), ("alert", "project_id", 10**9, "编号1000000000"),
        ("alert", "rule_code", "ATT-001", "ATT-001 工人日工时超出"),
        ("alert", "parameters", {"verify_source": "none"}, "核验来源：未配置"),
        ("project_worker", "conflict", {"secret": "13800135678"}, "共1项"),
        ("enterprise_change", "changed_fields", {"address": {"old": 1, "new": 2}}, "企业营业地址"),
        ("enterprise", "name", None, "—"),
    ],
)  # fmt: skip
def test_a_value_is_told_by_its_kind(chinese, table, name, raw, text):
    assert re.sub("<[^>]+>", "", str(words.shown(table, name, raw))) == text


def test_a_secret_that_cannot_be_read_is_starred(chinese):
    assert words.shown("project_worker", "id_number", "v1:gone:AAAA") == "******"


@pytest.mark.parametrize(
    ("table", "name", "raw"),
    [
        pytest.param("project_worker", "mobile", "1380013567899", id="a telephone too long"),
        pytest.param("project_worker", "mobile", ["1380013567899"], id="a list of them"),
        pytest.param("project_worker", "no_such_column", "1380013567899", id="an unknown column"),
        pytest.param("no_such_table", "no_such_column", ["1380013567899"], id="an unknown table"),
    ],
)
def test_what_cannot_be_read_is_told_by_its_size(chinese, table, name, raw):
    told = str(words.shown(table, name, raw))

    assert "13800" not in told
    assert str(len(raw)) in told


def test_what_only_filled_itself_in_is_not_told_at_all(chinese):
    entry = SimpleNamespace(
        table_name="team", action="insert", before=None,
        after={"id": 1, "name": "钢筋一班", "is_deleted": False, "remark": None},
    )  # fmt: skip

    assert [item["label"] for item in queries.changes(entry)] == ["班组名称"]


def test_the_program_s_own_reasons_are_chinese(chinese):
    assert gettext("rules compare facts of the whole city") == "预警规则比对全市数据"


def test_every_object_whose_numbers_are_masked_has_a_title_of_its_own(chinese):
    titles = list(queries.masked_objects().values())

    assert len(set(titles)) == len(titles)
    assert words.table_title("no such table") not in titles
