"""`imports check T3 FILE` prints the preview and writes nothing."""

import json

import pytest

from app.imports import commands
from app.imports.models import ImportJob
from app.roster.models import ProjectWorker
from tests.factories import enterprises, projects, roster
from tests.factories.imports import line, workers


@pytest.fixture
def book(system, tmp_path):
    with system():
        project = projects.project(enterprises.enterprise())
        unit = projects.general_contractor_unit(project)
        team = roster.team(unit)
        path = tmp_path / "花名册.xlsx"
        path.write_bytes(workers([line(unit, team), line(unit, team, 手机号码="1")]))
        return path, project.project_no


def run(app, *args):
    return app.test_cli_runner().invoke(commands.group, ["check", *map(str, args)])


def test_the_preview_of_a_project_is_printed_and_nothing_is_written(app, book, system):
    path, code = book
    result = run(app, "T3", path, "--project", code)

    found = json.loads(result.output)
    assert result.exit_code == 0
    assert [found[n] for n in ("rows", "passed", "errors", "created")] == [2, 1, 1, 1]
    assert [(p["cell"], p["column"], p["level"]) for p in found["problems"]] == [
        ("F3", "手机号码", "error")
    ]
    with system() as session:
        assert session.query(ImportJob).count() == 0
        assert session.query(ProjectWorker).count() == 0


def test_without_a_project_the_cells_alone_are_checked(app, book):
    found = json.loads(run(app, "T3", book[0]).output)

    assert (found["project"], found["rows"], found["errors"]) == (None, 2, 1)
    assert len(found["hints"]) == 1


@pytest.mark.parametrize("template", ["T3", "T99"])
def test_what_cannot_be_read_ends_with_one(app, tmp_path, template):
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"no workbook")
    result = run(app, template, path)

    assert result.exit_code == 1
    assert json.loads(result.output)["error"]


def test_an_unknown_project_is_named(app, book):
    result = run(app, "T3", book[0], "--project", "nothing")

    assert result.exit_code == 2
