"""``flask alerts scan``: run the rules now (architecture section 2)."""

import json
from datetime import datetime
from typing import Any

import click
from flask.cli import with_appcontext

from app.alerts import runs
from app.core import rules, scope
from app.extensions import db


@click.group("alerts")
def alerts() -> None:
    """Run the rules and look after what they find."""


@alerts.command("scan")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="as on this date")
@click.option("--rule", type=str, help="one rule, such as ATT-001")
@click.option("--project", type=str, help="one project, by its number")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@with_appcontext
def scan_command(
    day: datetime | None, rule: str | None, project: str | None, *, as_json: bool
) -> None:
    """Run the scan and print per rule what was opened, refreshed and closed."""
    if rule and rule not in rules.registered():
        raise click.BadParameter(", ".join(rules.registered()), param_hint="--rule")
    with scope.act_as(scope.SYSTEM):
        project_id = _project(project) if project else None
        done = runs.scan_and_commit(rule, project_id, day.date() if day else None)
        db.session.remove()
    click.echo(json.dumps(done, ensure_ascii=False) if as_json else _table(done))


def _project(number: str) -> int:
    table = db.metadata.tables["project"]
    found = db.session.scalar(table.select().with_only_columns(table.c.id)
                              .where(table.c.project_no == number))  # fmt: skip
    if found is None:
        raise click.BadParameter(f"no project {number}", param_hint="--project")
    return int(found)


def _table(done: dict[str, dict[str, Any]]) -> str:
    lines = [f"{'rule':10} {'opened':>8} {'refreshed':>10} {'closed':>8} {'seconds':>9}"]
    lines += [
        f"{code:10} {d['opened']:8} {d['refreshed']:10} {d['closed']:8} {d['seconds']:9.3f}"
        for code, d in done.items()
    ]
    return "\n".join(lines)


COMMANDS = (alerts,)
