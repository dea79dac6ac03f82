"""Nasty workbooks of workers, sent through the browser's door and checked as T3."""

import zipfile
from io import BytesIO

import pytest

from app.imports import services
from app.imports.models import ImportJob
from app.imports.templates import examples
from tests.core.nasty.readable import READABLE
from tests.core.nasty.refused import REFUSED
from tests.core.test_nasty import DATA
from tests.factories import enterprises, projects, roster

# two columns of the lists are given the headers and words only workers have
RENAMED = {
    "计薪单价": "所属单位统一社会信用代码", "350.50": examples.UNIT["unit_id"],
    "上班时间": "班组名称", "07:30": examples.UNIT["team_id"],
}  # fmt: skip


def for_workers(content):
    """Turn a list of the nasty ones into one of workers, changing nothing else in the file."""
    source, target = zipfile.ZipFile(BytesIO(content)), BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():
            part = source.read(name)
            for old, new in RENAMED.items():
                part = part.replace(old.encode(), new.encode())
            made.writestr(name, part)
    return target.getvalue()


@pytest.fixture
def clerk(system, signed_in):
    with system() as session:
        firm = enterprises.enterprise()
        project = projects.project(firm)
        unit = projects.general_contractor_unit(project)
        unit.credit_code = examples.UNIT["unit_id"]
        roster.team(unit).name = examples.UNIT["team_id"]
        session.flush()
        user, number = enterprises.admin(firm), project.id
    browser = signed_in(user)
    with browser.session_transaction() as session:
        session["project_id"] = number
    return browser


def upload(browser, content):
    return browser.post(
        "/imports/upload/T3", data={"file": (BytesIO(content), "花名册.xlsx")},
        content_type="multipart/form-data",
    )  # fmt: skip


def test_every_readable_one_is_checked_row_by_row_and_told_in_the_preview(clerk, system):
    """A list of two rows names one person twice, so that one of them passes."""
    found, wanted = {}, {}
    for name, (make, rows, hints) in READABLE.items():
        sent = upload(clerk, for_workers(make()))
        page = clerk.get(sent.headers["Location"]).text if sent.status_code == 302 else ""
        with system() as session:
            job = session.query(ImportJob).order_by(ImportJob.id.desc()).first()
            found[name] = (job.total, job.passed, _told(page, hints))
        wanted[name] = (rows, 1, [])

    assert found == wanted


def _told(page, hints):
    """Give the words of hints the page lacks; columns go by the names workers have."""
    words = [RENAMED.get(word, word) for each in hints for word in each]
    return [word for word in words if word not in page]


def test_every_refused_one_is_refused_in_words_and_leaves_no_import(clerk, system):
    silent = {}
    for name, (make, words) in REFUSED.items():
        sent = upload(clerk, make())
        page = clerk.get(sent.headers["Location"]).text if sent.status_code == 302 else sent.text
        if sent.status_code >= 500 or words not in page:
            silent[name] = (sent.status_code, words)

    with system() as session:
        assert (silent, session.query(ImportJob).count()) == ({}, 0)


@pytest.mark.parametrize("name", ["libreoffice.xlsx", "wps_like.xlsx"])
def test_what_office_programs_write_is_checked(clerk, system, name):
    """Numbers and times have no texts to rename: those two columns are wrong, and nothing else."""
    upload(clerk, for_workers((DATA / name).read_bytes()))

    with system() as session:
        job = session.query(ImportJob).one()
        problems = services.findings_of(job)["problems"]
        assert (job.total, job.failed) == (2, 2)
        assert {one["column"] for one in problems} == {
            "所属单位统一社会信用代码", "班组名称",
        }  # fmt: skip
