"""班组: list, form, detail, exit of a whole team (screens.md 8.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, current_app, flash, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from app.core import clock, scope
from app.core.views import Computed, Interface, Tab
from app.permissions import Area
from app.roster import queries, services
from app.roster.choices import TeamState
from app.roster.forms import EXIT_COLUMNS, exit_form
from app.roster.models import Team
from app.roster.services.due import still_due
from app.roster.states import TEAM_FLOW
from app.roster.views import panels
from app.roster.views.base import SITE, RosterView, chosen_project, employer_choices

LEADER = ["leader_name", "leader_id_type", "leader_id_number", "leader_mobile", "leader_address"]
RESPONSIBLE = [
    "responsible_name", "responsible_mobile", "responsible_id_type", "responsible_id_number",
]  # fmt: skip
WORK = ["contract_scope", "contract_money", "contract_file", "entry_on", "remark"]


def add_team(values: Mapping[str, Any], *, actor: scope.Principal) -> Team:
    """Add one team to the chosen project."""
    return services.add_teams(chosen_project(), [values], actor=actor)[0]


def change_team(team: Team, values: Mapping[str, Any], *, actor: scope.Principal) -> Team:
    """Change a team and say what a new leader gives cause to say."""
    services.edit_team(team, values, actor=actor)
    tell(team)
    return team


def tell(team: Team) -> None:
    """Say what saving gave cause to say, such as the age of the leader (PERS-004)."""
    for notice in team.notices:
        flash(notice, "warning")


class TeamView(RosterView):
    """班组."""

    datamodel = Interface(Team)
    route_base = "/teamview"
    class_permission_name = Area.ROSTER
    method_permission_name = {"exit": "exit"}
    list_title, show_title = _("Teams"), _("Team")
    add_title, edit_title = _("Add a team"), _("Edit the team")
    add_label = _("Add a team")
    empty_title = _("No team yet")
    empty_text = _("Add the first team; its leader then waits on the list of workers.")
    list_columns = [
        # the state stands where a screen of 1366 dots shows it
        "team_no", "name", "project", "state", "work_type", "unit_id", "leader_name",
        "leader_mobile", "heads", "entry_on", "due",
    ]  # fmt: skip
    name_column = "name"
    card_columns = ("name", "unit_id", "heads", "state")
    search_columns = ["unit_id", "work_type", "state", "entry_on"]
    keyword_columns = ("name", "leader_name")
    order_columns = ["team_no", "name", "entry_on"]
    base_order = ("team_no", "desc")
    form_sections = [
        (_("Team"), ["unit_id", "work_type", "name"]),
        (_("Team leader"), LEADER),
        (_("Responsible person"), RESPONSIBLE),
        (_("Works"), WORK),
    ]
    edit_sections = [
        (_("Team"), ["work_type", "name"]),
        (_("Team leader"), LEADER),
        (_("Responsible person"), RESPONSIBLE),
        (_("Works"), WORK),
    ]
    show_sections = [
        (_("Team"), ["team_no", "unit_id", "work_type", "name"]),
        (_("Team leader"), LEADER),
        (_("Responsible person"), RESPONSIBLE),
        (_("Works"), ["contract_scope", "contract_money", "contract_file", "entry_on", "exit_on",
                      "remark"]),
    ]  # fmt: skip
    add_service = staticmethod(add_team)
    edit_service = staticmethod(change_team)
    flow = TEAM_FLOW
    lookups = {"unit_id": employer_choices}
    computed = {
        "project": SITE,
        "heads": Computed(_("Workers on site"), lambda row, counts: counts.get(row.id, 0), True),
        "due": Computed(_("To be completed"), lambda row, _counts: missing_words(row)),
    }

    def facts(self, rows: list[Any]) -> dict[int, int]:
        """Count the workers on site of the shown teams in one statement."""
        return queries.head_counts(row.id for row in rows)

    def toolbar(self) -> Any:
        """Give 新增班组, 批量导入 and 班组未打卡."""
        found = [*super().toolbar(), *self.import_button("T2")]
        page = "SilentTeamsPage.index"
        if page in current_app.view_functions and self.project_id():
            found.append({"label": gettext("Teams without punches"), "url": url_for(page)})
        return found

    @expose("/list/")
    @has_access
    def list(self) -> Any:
        """Show the teams of the chosen project."""
        return self.lead_to_choice() or super().list()

    def defaults(self) -> dict[str, Any]:
        """Start with the leader's document as an identity card."""
        return {"leader_id_type": "01"}

    def after_add(self, outcome: Team) -> str:
        """Go to the team, and say what its leader gives cause to say."""
        tell(outcome)
        return super().after_add(outcome)

    def may_add(self) -> bool:
        """Tell whether the form is offered: with the right, and within a project."""
        return super().may_add() and self.project_id() is not None

    def may_edit(self, row: Any) -> bool:
        """Tell whether this team may be changed."""
        return super().may_edit(row) and row.state is not TeamState.EXITED and not row.is_management

    def row_actions(self, row: Any) -> Any:
        """Give 查看, 编辑, 退场 as far as they apply."""
        found = [{"label": gettext("View"), "url": url_for(".show", pk=row.id)}]
        if self.may_edit(row):
            found.append({"label": gettext("Edit"), "url": url_for(".edit", pk=row.id)})
        if self.may_exit(row):
            found.append({"label": gettext("Exit"), "url": url_for(".exit", pk=row.id)})
        return found

    def may_exit(self, row: Any) -> bool:
        """Tell whether the exit of the team is offered."""
        open_team = row.state is TeamState.ON_SITE and not row.is_management
        return open_team and self.allowed("exit")

    def move_buttons(self, row: Any) -> Any:
        """Offer the exit through its form."""
        if not self.may_exit(row):
            return []
        return [{"label": gettext("Exit"), "url": url_for(".exit", pk=row.id), "method": "get",
                 "tone": "danger"}]  # fmt: skip

    def make_move(self, verb: str, row: Any, remark: str, *, actor: scope.Principal) -> None:
        """Send whoever posts the bare move to the form of the exit."""
        if verb == "exit":
            abort(409)
        super().make_move(verb, row, remark, actor=actor)

    def tabs(self, _row: Any) -> Any:
        """Give the members of the team."""
        return [Tab("members", _("Members"), members_tab)]

    @expose("/exit/<pk>", methods=["GET", "POST"])
    @has_access
    def exit(self, pk: str) -> Any:
        """Let the whole team leave: members first shown, then all in one transaction."""
        team = self.row(pk)
        if not self.may_exit(team):
            abort(409)
        form = exit_form(moved_on=clock.today())

        def leave(values: Mapping[str, Any], *, actor: scope.Principal) -> Any:
            members = queries.members(team)
            services.exit_team(team, values, actor=actor)
            team.notices = tuple(panels.still_owed(members, values))
            return team

        done = self.take(form, leave, gettext("The team has left"), url_for(".show", pk=pk))
        if done is not None:
            return done
        sections = [(_("Exit of the team"), EXIT_COLUMNS)]
        return self.form_page(
            form, sections, gettext("Exit of “%(name)s”", name=team.name), url_for(".show", pk=pk),
            form_notice=panels.leaving(queries.members(team), gettext("Members of the team")),
            submit_label=gettext("Confirm the exit"),
        )  # fmt: skip


def missing_words(row: Team) -> str:
    """Name what a team by interface still lacks; the management team lacks nothing."""
    return "" if row.is_management else "、".join(str(spec.label) for spec in still_due(row))


def members_tab(row: Team) -> dict[str, Any]:
    """Give the members who have not left, each with his state."""
    return {
        "sections": [
            (_("Members"), [(str(m), _member_line(m)) for m in queries.members(row)]),
        ]
    }  # fmt: skip


def _member_line(member: Any) -> Markup:
    return Markup('<a href="{}">{}</a> {}').format(
        url_for("WorkerView.show", pk=member.id), member.worker_no or "", member.state.label
    )
