"""首页 of each role."""

from typing import Any

from flask import redirect, url_for
from flask_appbuilder import IndexView, expose
from flask_babel import gettext

from app.core import scope


class HomeView(IndexView):
    """The page after signing in."""

    @expose("/")
    def index(self) -> Any:
        """Show what the signed-in role sees first; strangers sign in."""
        if scope.current().user is None:
            return redirect(url_for("SignInView.login"))
        return self.render_template("dashboards/home.html", title=gettext("Home"))
