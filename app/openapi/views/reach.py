"""Whose interface a reader may see, and whose he may keep (screens.md 7.1)."""

from flask import abort, current_app
from werkzeug.wrappers import Response

from app.core import scope
from app.extensions import db
from app.openapi import services
from app.openapi.models import ApiClient
from app.projects.models import Project


def project_of(project_id: int) -> Project:
    """Load a project whose interface the reader may see: its contractor's, or the office's."""
    project = db.session.get(Project, project_id)
    actor = scope.current()
    office = actor.audience is scope.Audience.GOVERNMENT
    if project is None or project.is_deleted or not (office or services.may_keep(project, actor)):
        abort(404)
    return project


def kept_project(project_id: int) -> Project:
    project = project_of(project_id)
    if not services.may_keep(project, scope.current()):
        abort(403)
    return project


def kept_client(pk: int) -> ApiClient:
    client = db.session.get(ApiClient, pk)
    if client is None or client.is_deleted:
        abort(404)
    kept_project(client.project_id)
    return client


def seen_client(pk: int) -> ApiClient:
    """Load an access whose settings the reader may see."""
    client = db.session.get(ApiClient, pk)
    if client is None or client.is_deleted:
        abort(404)
    project_of(client.project_id)
    return client


def unkept(page: str) -> Response:
    """Send a page that no browser keeps."""
    response = current_app.make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
