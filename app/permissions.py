"""Areas of the product and what each role may do in them: the one source of every right.

A permission is a verb in an area: ``read`` and ``write`` fold the routes of a screen, every
move of a flow has a permission of its own name, ``unmask`` opens masked numbers. The command
``flask sync-security`` writes this table to the database (screens.md 1).
"""

from enum import StrEnum


class Area(StrEnum):
    """Where a permission holds."""

    HOME = "home"
    ENTERPRISES = "enterprises"
    REGISTRATIONS = "registrations"
    ACCOUNTS = "accounts"
    PROJECTS = "projects"
    UNITS = "units"
    INTERFACES = "interfaces"
    ROSTER = "roster"
    STAFF = "staff"
    PERSONS = "persons"
    ATTENDANCE = "attendance"
    WAGES = "wages"
    ALERTS = "alerts"
    INCIDENTS = "incidents"
    GUIDES = "guides"
    ARTICLES = "articles"
    IMPORTS = "imports"
    DICTIONARIES = "dictionaries"
    SETTINGS = "settings"
    JOBS = "jobs"
    AUDIT = "audit"
    USERS = "users"
    UPSTREAM = "upstream"


READ = frozenset({"read"})
KEEP = frozenset({"read", "write"})
PAYROLLS = frozenset({"submit", "confirm"})  # plans and payrolls; the money received
PAPERS = frozenset({"train", "verify"})  # of workers: trainings of the ticked, 证书核验
OFFICE = {
    Area.HOME: READ, Area.GUIDES: READ, Area.IMPORTS: KEEP,
    Area.ENTERPRISES: KEEP | {"withdraw", "submit"},
    Area.ACCOUNTS: KEEP,
    Area.UNITS: KEEP | {"accept", "decline", "withdraw", "invite", "unmask"},
    Area.ROSTER: KEEP | PAPERS | {"exit", "enter", "reassign", "unmask"},
    Area.STAFF: KEEP | {"exit", "unmask"},
    Area.PERSONS: KEEP | {"withdraw", "dispute", "unmask"},
    Area.ATTENDANCE: KEEP | {"approve"},
    Area.WAGES: KEEP | PAYROLLS,
    Area.ALERTS: READ | {"acknowledge", "handle"},
    Area.INCIDENTS: KEEP | {"report", "cancel"},
}  # fmt: skip
SUBCONTRACTOR = {**OFFICE, Area.PROJECTS: READ}
GENERAL_CONTRACTOR = {
    **OFFICE,
    Area.PROJECTS: KEEP | {"apply", "submit", "withdraw", "start", "adjust", "unmask"},
    Area.INTERFACES: KEEP,
    Area.WAGES: KEEP | PAYROLLS | {"review"},
}
SITE = {
    Area.HOME: READ, Area.GUIDES: READ, Area.IMPORTS: KEEP, Area.PROJECTS: READ | {"adjust"},
    Area.UNITS: READ, Area.ROSTER: KEEP | PAPERS | {"exit", "enter", "reassign", "unmask"},
    Area.STAFF: KEEP,
    Area.PERSONS: KEEP | {"withdraw", "dispute", "unmask"},
    Area.ATTENDANCE: KEEP | {"approve"},
    Area.WAGES: KEEP | PAYROLLS | {"review"},
    Area.ALERTS: READ | {"acknowledge", "handle"}, Area.INCIDENTS: KEEP | {"report", "cancel"},
}  # fmt: skip
CLERK = {
    Area.HOME: READ, Area.GUIDES: READ, Area.IMPORTS: KEEP, Area.PROJECTS: READ,
    Area.ROSTER: KEEP | {"train"}, Area.STAFF: READ, Area.PERSONS: READ, Area.ATTENDANCE: KEEP,
    Area.WAGES: KEEP, Area.ALERTS: READ,
}  # fmt: skip
SITE_READER = {
    Area.HOME: READ, Area.GUIDES: READ, Area.PROJECTS: READ, Area.UNITS: READ,
    Area.ROSTER: READ, Area.STAFF: READ, Area.PERSONS: READ, Area.ATTENDANCE: READ,
    Area.WAGES: READ,
    Area.ALERTS: READ | {"acknowledge"}, Area.INCIDENTS: READ,
}  # fmt: skip
SUPERVISION = {
    Area.HOME: READ, Area.ENTERPRISES: READ, Area.PROJECTS: READ, Area.UNITS: READ,
    Area.ROSTER: READ, Area.STAFF: READ, Area.PERSONS: READ, Area.ATTENDANCE: READ,
    Area.WAGES: READ,
    Area.ALERTS: READ | {"close", "return", "urge"}, Area.INCIDENTS: READ, Area.GUIDES: READ,
    Area.AUDIT: READ, Area.INTERFACES: READ,
}  # fmt: skip
REVIEW = frozenset({"read", "approve", "return", "reject"})
REVIEWER = {
    **SUPERVISION,
    # what is applied for is compared with the scans, so numbers are seen whole, with a reason
    Area.REGISTRATIONS: REVIEW | {"unmask"}, Area.ENTERPRISES: REVIEW, Area.PROJECTS: REVIEW,
    Area.INCIDENTS: READ | {"confirm", "close", "cancel"}, Area.ATTENDANCE: READ | {"approve"},
    Area.STAFF: REVIEW, Area.WAGES: READ | {"approve"},
    # both proofs of a disputed correction show the document whole
    Area.PERSONS: READ | {"approve", "reject", "merge", "unmask"},
}  # fmt: skip

# Where the ticked areas of a login on site (8.4) let it change anything; what is missing here is
# ruled by the role alone. Staff and imports are the roster's.
SITE_AREAS = {
    str(Area.ROSTER): "roster", str(Area.STAFF): "roster", str(Area.IMPORTS): "roster",
    str(Area.PERSONS): "roster", str(Area.ATTENDANCE): "attendance", str(Area.WAGES): "wages",
    str(Area.ALERTS): "alerts", str(Area.INCIDENTS): "incidents",
}  # fmt: skip

ROLES: dict[str, dict[Area, frozenset[str]]] = {
    "gc_admin": GENERAL_CONTRACTOR,
    "prof_sub_admin": SUBCONTRACTOR,
    "labour_sub_admin": SUBCONTRACTOR,
    "labour_manager": SITE,
    "clerk": CLERK,
    "project_staff": SITE_READER,
    "city_admin": {
        **REVIEWER,
        Area.ENTERPRISES: REVIEW | {"disable", "enable", "write", "unmask"},
        Area.PROJECTS: REVIEW | {"unmask"},
        Area.UNITS: READ | {"unmask"},
        Area.ARTICLES: KEEP | {"submit", "publish", "unpublish", "return"},
        Area.DICTIONARIES: KEEP,
        Area.SETTINGS: KEEP,
        Area.ACCOUNTS: KEEP,
        Area.ROSTER: READ | {"unmask"},
        Area.STAFF: REVIEW | {"unmask"},
        Area.JOBS: KEEP,
        Area.UPSTREAM: KEEP,
    },
    "district_reviewer": REVIEWER,
    "inspector": {
        **SUPERVISION,
        Area.ENTERPRISES: READ | {"unmask"},
        Area.PROJECTS: READ | {"unmask"},
        Area.UNITS: READ | {"unmask"},
        Area.ROSTER: READ | {"unmask"},
        Area.STAFF: READ | {"unmask"},
        Area.INCIDENTS: READ | {"confirm", "close", "cancel"},
    },
    # aggregates only (screens.md 1): figures of the home page, no list that names a person
    "leader": {Area.HOME: READ | {"figures"}, Area.GUIDES: READ},
    "editor": {
        Area.HOME: READ,
        Area.GUIDES: READ,
        Area.ARTICLES: KEEP | {"submit", "publish", "unpublish", "return"},
    },
    "sys_admin": {
        Area.HOME: READ,
        Area.USERS: KEEP,
        Area.JOBS: KEEP,
        Area.SETTINGS: READ,
        Area.DICTIONARIES: READ,
        Area.UPSTREAM: KEEP,
    },
}
