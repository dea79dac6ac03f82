"""The other city's side: projects and their accesses, made in a state folder of its own.

Run as ``python -m tests.upstream.province hand_out '{"projects": 3}'``; writes what the
city above hands out.
"""

import json
import sys

from flask import g

from app import create_app
from app.core import scope
from app.extensions import db
from app.openapi.models import AsyncResult
from tests.factories import enterprises, openapi, projects


def hand_out(wanted: dict[str, int]) -> list[dict[str, object]]:
    """Open projects, each with an access; gives what their contractors are told."""
    found = []
    for _number in range(wanted["projects"]):
        project = projects.project(enterprises.enterprise())
        unit = projects.general_contractor_unit(project)
        opened = openapi.client(project)
        found.append({
            "project_no": project.project_no, "project_id": project.id,
            "app_id": opened.client.app_id, "secret": opened.secret,
            "credit_code": unit.credit_code, "name": unit.name,
        })  # fmt: skip
    return found


def taken_in(wanted: dict[str, int]) -> list[list[object]]:
    """Give the writes an access has sent: method and status, in order."""
    rows = db.session.query(AsyncResult.method, AsyncResult.status).filter_by(
        project_id=wanted["project_id"]
    )
    return [list(row) for row in rows.order_by(AsyncResult.id)]


if __name__ == "__main__":
    verb, wanted = sys.argv[1], json.loads(sys.argv[2])
    app = create_app(TESTING=True)
    with app.app_context():
        g.principal = scope.SYSTEM
        told = {"hand_out": hand_out, "taken_in": taken_in}[verb](wanted)
        db.session.commit()
    sys.stdout.write(json.dumps(told) + "\n")
