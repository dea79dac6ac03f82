"""Where the mark on a worker's card leads: to the worker, for who may see him (screens.md 8.2)."""

from flask import abort, redirect, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core import scope
from app.core.views.pages import BasePage
from app.extensions import db
from app.permissions import Area
from app.roster.models import ProjectWorker
from app.roster.services import passes


class PassPage(BasePage):
    """The address in the QR code of a worker's card; to all others there is no such page."""

    route_base = "/w"
    default_view = "show"
    title = _("Worker card")
    class_permission_name = Area.HOME
    method_permission_name = {"show": "read"}

    @expose("/<mark>", methods=["GET"])
    @has_access
    def show(self, mark: str) -> Response:
        """Lead to the worker, or answer 404: the card is forged, or the worker not one's own."""
        number = passes.number_of(mark)
        wanted = select(ProjectWorker.id).where(
            ProjectWorker.id == number, ProjectWorker.is_deleted.is_(False)
        )
        known = number is not None and scope.current().can("read", Area.ROSTER)
        if not known or db.session.scalar(wanted) is None:
            abort(404)
        return redirect(url_for("WorkerView.show", pk=number))
