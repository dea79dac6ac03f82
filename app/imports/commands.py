"""Commands: the preview of an import, nothing written."""

import json
from dataclasses import replace
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.core import scope
from app.core.errors import Refusal
from app.extensions import db
from app.imports import services
from app.projects.models import Project

group = AppGroup("imports", help="Imports of workbooks.")


@group.command("check")
@click.argument("template")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--project", "code", default="", help="Number of the project it is meant for.")
def check_command(template: str, file: Path, code: str) -> None:
    """Print the preview of a workbook as JSON; nothing is written.

    Without --project only the cells are checked. Ends with 1 when the file cannot be read.
    """
    porter = replace(scope.SYSTEM, door=scope.Door.SHEET)
    scope.adopt(porter)
    try:
        project = _project(code) if code else None
        with file.open("rb") as stream:
            clean = services.open_workbook(stream, file.name)
        found = services.check_file(template, clean.content, project, actor=porter)
    except Refusal as problem:
        click.echo(json.dumps({"error": str(problem)}, ensure_ascii=False))
        raise SystemExit(1) from None
    finally:
        db.session.rollback()
    click.echo(
        json.dumps({"file": file.name, "project": code or None, **found}, ensure_ascii=False,
                   indent=1)
    )  # fmt: skip


def _project(code: str) -> Project:
    found = db.session.scalars(select(Project).filter_by(project_no=code)).one_or_none()
    if found is None:
        raise click.BadParameter(f"no project has the number {code}", param_hint="--project")
    return found


COMMANDS = (group,)
