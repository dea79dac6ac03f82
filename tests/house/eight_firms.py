"""An application whose command makes eight contractors with a worker each, as JSON."""

import json

import click
from flask import current_app, g
from flask.cli import with_appcontext
from flask.sessions import SecureCookieSessionInterface

from app import create_app
from app.core import clock, scope
from app.extensions import db
from tests.factories import enterprises, projects, roster

FIRMS = 8
app = create_app()


def cookie(user_id: int, project_id: int) -> str:
    """Give the cookie of a session signed in as an account, with a project chosen."""
    now = int(clock.now().timestamp())
    values = {
        "_user_id": str(user_id), "_fresh": True, "epoch": 1, "began": now, "seen": now,
        "project_id": project_id,
    }  # fmt: skip
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    return f"{current_app.config['SESSION_COOKIE_NAME']}={signer.dumps(values)}"


@app.cli.command("eight-firms")
@with_appcontext
def make() -> None:
    """Make the firms and print name, cookie and pages of each."""
    g.principal = scope.SYSTEM
    found = []
    for number in range(FIRMS):
        firm = enterprises.enterprise()
        team = roster.team(projects.general_contractor_unit(projects.project(firm)))
        row = roster.worker(team, name=f"工人{number}号")
        user_id = enterprises.admin(firm)
        found.append({"name": row.name, "id": row.id, "cookie": cookie(user_id, row.project_id)})
    db.session.commit()
    pages = {r.endpoint: r.rule for r in current_app.url_map.iter_rules()}
    click.echo(json.dumps({"firms": found, "list": pages["WorkerView.list"]}))
