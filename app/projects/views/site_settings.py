"""项目设置 on the page of a project (screens.md 4.9)."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import scope
from app.core.views import BaseModelView, read_form
from app.core.views.pages import submit, unless_stale
from app.projects import services
from app.projects.forms import settings_form
from app.projects.models import Project
from app.projects.states import is_open, require


class WithSettings(BaseModelView):
    """The button and the form of the settings; mixed into the view of projects."""

    settings_title = _("Settings of the project")

    def settings_buttons(self, row: Project) -> list[dict[str, Any]]:
        """Give 项目设置 to who keeps them."""
        if not services.may_set(row, scope.current()) or not is_open("adjust", row.state):
            return []
        return [{"label": self.settings_title, "url": url_for(".settings", pk=row.id)}]

    @expose("/settings/<pk>", methods=["GET", "POST"])
    @has_access
    def settings(self, pk: str) -> Any:
        """Show and take the settings."""
        row = self.row(pk)
        if not services.may_set(row, scope.current()):
            abort(404)
        require("adjust", row)
        form = read_form(settings_form(), row)
        if request.method == "POST" and (
            submit(form, unless_stale(form, row, services.change_settings)) is not None
        ):
            flash(gettext("Saved"), "success")
            return redirect(url_for(".show", pk=pk))
        title = f"{self.settings_title}：{row.name}"
        names = list(services.SETTINGS)
        return self.form_page(form, [("", names)], title, url_for(".show", pk=pk))
