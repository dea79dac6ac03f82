"""角色: what each role may do, and how many hold it; ours are rewritten at every deployment."""

from __future__ import annotations  # the route ``list`` hides the builtin in the class body

from typing import Any

from flask import abort
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_appbuilder.security.sqla.models import Role
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Select, select

from app.core.columns.base import EMPTY
from app.core.views import BaseModelView, Computed, Interface
from app.core.views.asked import integer
from app.extensions import db
from app.identity import queries
from app.identity.words import AREAS, area_label, right_label, role_label
from app.permissions import Area

FRAMEWORK = ("Public", "Admin")  # the framework's own: nobody holds them, nothing hangs on them


class RoleAdminView(BaseModelView):
    """角色: list and rights, for reading."""

    datamodel = Interface(Role)
    class_permission_name = Area.USERS
    exclude_route_methods = {*BaseModelView.exclude_route_methods, "run_action"}
    list_title = _("Roles")
    form_sections = [("", ["name"])]
    show_sections = [("", ["name"])]
    list_columns = ["role", "areas", "accounts"]
    order_columns: list[str] = []  # type: ignore[valid-type]
    base_order = ("id", "asc")
    computed = {
        "role": Computed(_("Role"), lambda row, _f: role_label(row.name)),
        "areas": Computed(_("Areas"), lambda row, facts: _areas(facts, row)),
        "accounts": Computed(
            _("Accounts"), lambda row, facts: facts["holders"].get(row.id, 0), numeric=True
        ),
    }  # fmt: skip

    def filtered(self) -> Select[Any]:
        """Give our roles and the city's own."""
        return select(Role).select_from(Role).where(Role.name.not_in(FRAMEWORK))

    def row(self, pk: Any) -> Any:
        """Load one role or answer 404."""
        query = self.filtered().where(Role.id == integer(str(pk), -1))
        found = db.session.scalars(query).one_or_none()
        return found if found is not None else abort(404)

    def facts(self, rows: Any) -> dict[str, Any]:  # type: ignore[valid-type]
        """Read areas and holders of the roles on the page, in one go each."""
        numbers = [row.id for row in rows]
        return {"rights": queries.rights_of(numbers), "holders": queries.holders_of(numbers)}

    @expose("/show/<pk>", methods=["GET"])
    @has_access
    def show(self, pk: str) -> Any:
        """Show the rights of a role under its word, not its code."""
        row = self.row(pk)
        return self.render_template(
            self.show_template, title=role_label(row.name), pk=row.id, **self.show_context(row)
        )

    def head(self, row: Any) -> dict[str, Any]:
        """Give the role's word and how many accounts hold it."""
        return {
            **super().head(row), "title": role_label(row.name), "numbers": [
                {"label": gettext("Accounts"), "value": queries.holders_of([row.id]).get(row.id, 0)}
            ],
        }  # fmt: skip

    def own_tab(self, row: Any) -> dict[str, Any]:
        """Give the rights by area."""
        rights = queries.rights_of([row.id]).get(row.id, {})
        lines = [
            (area_label(area), "、".join(right_label(verb) for verb in _sorted(rights[area])))
            for area in AREAS if area in rights
        ]  # fmt: skip
        return {"sections": [(gettext("Rights"), lines)], "timeline": []}


def _sorted(verbs: set[str]) -> list[str]:
    order = ("read", "write")
    return sorted(verbs, key=lambda verb: (order.index(verb) if verb in order else 2, verb))


def _areas(facts: dict[str, Any], row: Role) -> str:
    held = facts["rights"].get(row.id, {})
    return "、".join(area_label(area) for area in AREAS if area in held) or EMPTY
