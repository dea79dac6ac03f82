"""Words of the identity domain: roles, areas and rights as people read them."""

from flask_babel import gettext

from app.core import scope
from app.core.columns import N_
from app.core.words import VERBS
from app.permissions import Area

ROLE_WORDS = {
    "gc_admin": N_("Administrator of a general contractor"),
    "prof_sub_admin": N_("Administrator of a professional subcontractor"),
    "labour_sub_admin": N_("Administrator of a labour subcontractor"),
    "labour_manager": N_("Labour manager of a project"), "clerk": N_("Data entry clerk"),
    "project_staff": N_("Project staff"), "city_admin": N_("City administrator"),
    "district_reviewer": N_("District reviewer"), "inspector": N_("Labour inspector"),
    "leader": N_("Overview for leaders"), "editor": N_("Content editor"),
    "sys_admin": N_("System administrator"),
}  # fmt: skip
KINDS = {
    scope.Audience.TENANT.value: N_("Enterprise account"),
    scope.Audience.GOVERNMENT.value: N_("Office account"),
    scope.Audience.LOGIN.value: N_("System account"),
}
AREAS = {
    Area.HOME: N_("Home"), Area.ENTERPRISES: N_("Enterprises"),
    Area.REGISTRATIONS: N_("Registrations"), Area.ACCOUNTS: N_("Sub-accounts"),
    Area.PROJECTS: N_("Projects"), Area.UNITS: N_("Participating units"),
    Area.INTERFACES: N_("Interfaces"), Area.ROSTER: N_("Roster"), Area.STAFF: N_("Staff"),
    Area.PERSONS: N_("Person corrections"),
    Area.ATTENDANCE: N_("Attendance"), Area.WAGES: N_("Wages"), Area.ALERTS: N_("Warnings"),
    Area.INCIDENTS: N_("Incidents"), Area.GUIDES: N_("Guides"), Area.ARTICLES: N_("Content"),
    Area.IMPORTS: N_("Imports"), Area.DICTIONARIES: N_("Dictionaries"),
    Area.SETTINGS: N_("Settings"), Area.JOBS: N_("Scheduled jobs"), Area.AUDIT: N_("Audit log"),
    Area.UPSTREAM: N_("Reporting upwards"),
    Area.USERS: N_("Accounts"),
}  # fmt: skip
RIGHTS = {
    "read": N_("View"), "write": N_("Add and change"), "unmask": N_("Show whole"),
    "reassign": N_("Change the team"), "adjust": N_("Keep the settings of the project"),
    "apply": N_("Apply for a project"), "urge": N_("Urge"),
    "figures": N_("See the figures of the sites"),
}  # fmt: skip


def role_label(name: str) -> str:
    """Give the word of a role; a role the city made itself keeps its own name."""
    return gettext(ROLE_WORDS[name]) if name in ROLE_WORDS else name


def area_label(name: str) -> str:
    """Give the word of an area."""
    return gettext(AREAS[Area(name)]) if name in set(Area) else name


def right_label(verb: str) -> str:
    """Give the word of a right: reading, changing, or a move of a flow."""
    word = RIGHTS.get(verb) or VERBS.get(verb)
    return gettext(word) if word else verb
