"""No page asks the database more than fifteen times, and none reads a whole related table.

Every address, every tab and every role: what is read once a process, such as a code list, is
read before the count.
"""

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from app.core.columns.base import specs
from app.core.columns.links import Ref
from app.permissions import ROLES
from tests.house import walk
from tests.house.crowd import crowd, everything_waits
from tests.house.test_strangers import model_views
from tests.house.world import World

MOST_STATEMENTS, MOST_ROWS = 15, 50
UNCOUNTED = re.compile(r"\s*(set|savepoint|release|begin|commit|rollback)\b", re.IGNORECASE)
# Asked for as a whole: code lists, the holidays of the city, the rights of one user, and the
# units that are his scope (D2). What has a limit is no whole table.
SHORT = re.compile(
    r"from (dictionary_entry|dictionary_table|calendar_day|ab_\w+|schedule)\b"
    r"|^select id, project_id, unit_role from project_unit where enterprise_id = "
    r"|\blimit %",
    re.IGNORECASE,
)


@contextmanager
def watched():
    """Note every statement with the number of rows it brought."""
    seen = []

    def note(_connection, cursor, statement, *_rest):
        if not UNCOUNTED.match(statement):
            seen.append((cursor.rowcount, " ".join(statement.split())))

    event.listen(Engine, "after_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "after_cursor_execute", note)


# Of how many pages and tabs each role opened when they were last counted; fewer is a silent loss.
OPENED = {
    "gc_admin": 134, "prof_sub_admin": 80, "labour_sub_admin": 80, "labour_manager": 105,
    "clerk": 78, "project_staff": 82, "city_admin": 137, "district_reviewer": 121,
    "inspector": 108, "leader": 10, "editor": 16, "sys_admin": 25, "nobody": 6,
}  # fmt: skip
TABS = {
    "DeviceView.show": {"today"},
    "ProjectView.show": {"units", "permits", "interface", "people", "attendance", "alerts",
                         "incidents", "review", "log"},
    "ProjectReviewView.show": {"units", "permits", "interface"},
    "InformationPage.index": {"changes", "projects", "licences"},
    "DirectoryView.show": {"changes", "projects", "licences"},
    "TeamView.show": {"members"},
    "WorkerView.show": {"changes", "stays", "incidents", "alerts", "attendance", "movements",
                        "training", "contract", "wages"},
}  # fmt: skip
# Addresses that draw no page of the world's rows, and why.
CLOSED = {
    "ArticleView.attachment": "the articles of the world have no file",
    "DisputeView.merge": "the disputed number of the world is nobody else's",
    "DictionaryEntryView.add": "asks for the list it adds to",
    "DictionaryEntryView.edit": "the first entry is of a list nobody edits",
    "DictionaryEntryView.export": "too many rows for an answer: a job writes them",
    "DocumentPage.pdf": "a worker draws it before it is sent",
    "GuidePage.attachment": "the articles of the world have no file",
    "JobRunView.show": "its run belongs to another official",
    "LocaleView.index": "sets the language and leads back",
    "PassPage.show": "leads to the worker's page",
    "CorrectionView.edit": "the correction of the world lacks no proof",
    "ManagerView.exit": "the manager of the world has not come yet",
    "ManagerView.replace": "the manager of the world is on a post several may hold",
    "MenuApi.get_menu_data": "the framework's own menu, given to no role",
    "PayrollView.edit": "the payroll of the world is handed in",
    "PayrollView.lines": "the payroll of the world is handed in",
    "PermitView.edit": "the permit of the world is of an approved project",
    "ProgressPage.show": "its run belongs to another official",
    "PublicGuidePage.attachment": "the articles of the world have no file",
    "RegistrationPage.correct": "its address is a secret of the applicant",
    "RegistrationPage.done": "its address is a secret of the applicant",
    "RegistrationPage.invited": "its address is a secret of the applicant",
    "RegistrationPage.show": "its address is a secret of the applicant",
    "RegistrationPage.upload": "its address is a secret of the applicant",
    "ReplacementView.edit": "the request of the world waits for its review",
    "SpecialistView.replace": "no specialist is on a post only one holds",
    "SpecialistView.exit": "the specialist of the world has not come yet",
    "SplitPlanView.edit": "the plan of the world is confirmed",
    "TemplatePage.manual": "a worker draws it before it is sent",
    "TemplatePage.wrong": "the import of the world has no wrong row",
    "UtilView.back": "leads back",
    "WagePlanView.edit": "the plan of the world is confirmed",
    "readyz": "asks for the worker, which no test runs",
}


@pytest.fixture
def world(app, system, signed_in):
    """The victim's project with more rows of everything than a page shows, and all that waits."""
    made = World(app, system, signed_in)
    with system() as session:
        victim = made.victim
        session.add_all([victim.firm, victim.project, victim.unit, victim.worker, victim.team])
        crowd(victim)
        made.waits = everything_waits(session, victim)
        made.readers = {role: walk.reader(made, role) for role in ROLES} | {"nobody": None}
    return made


class Reading:
    """One role's walk, and what the page it opened last asked of the database.

    A page that asks a lot is opened again: what a process reads once, the first opening reads.
    """

    def __init__(self, browser, project):
        self.browser, self.project, self.asked = browser, project, []

    def get(self, url):
        """Open an address as somebody who has chosen the victim's project."""
        for _time in range(2):
            walk.in_project(self.browser, self.project)
            with watched() as self.asked:
                answer = self.browser.get(url)
            if not self.too_much(answer):
                break
        return answer

    def too_much(self, answer):
        """Give the statements with their rows: all of too many, or those of too many rows."""
        lines = [f"{rows:5} {statement[:300]}" for rows, statement in self.asked]
        if len(lines) > MOST_STATEMENTS:
            return lines
        whole = [
            rows > MOST_ROWS and answer.mimetype == "text/html" and not SHORT.search(statement)
            for rows, statement in self.asked
        ]
        return [line for line, found in zip(lines, whole, strict=True) if found]


def test_every_page_of_every_role_asks_little(world, app):
    found = walk.addresses(world, app) | world.waits
    heavy, opened, tabs = [], {role: set() for role in OPENED}, {}
    for role, user in world.readers.items():
        browser = world.signed_in(user) if user else world.browser("nobody")
        reading = Reading(browser, world.chosen["owner"])
        for url, name, answer in walk.opened(found, reading.get):
            if answer.status_code != 200:
                continue
            opened[role].add(name)
            page, _mark, tab = name.partition("?tab=")
            if tab:
                tabs.setdefault(page, set()).add(tab)
            if lines := reading.too_much(answer):
                heavy.append("\n".join([f"{role} {url}: {len(reading.asked)} asked", *lines]))
    assert not heavy, "\n\n".join(heavy)
    assert tabs == TABS
    seen = {name.partition("?")[0] for names in opened.values() for name in names}
    unopened = {rule.endpoint for rule in walk.get_rules(app)} - seen
    assert unopened - set(CLOSED) - nothing_to_pick(app) == set()
    assert {role: len(names) for role, names in opened.items() if len(names) < OPENED[role]} == {}


def nothing_to_pick(app):
    """Give the pickers of views whose rows refer to no other."""
    return {
        f"{view.endpoint}.lookup" for view in model_views(app)
        if not any(isinstance(spec.kind, Ref) for spec in specs(view.model).values())
    }  # fmt: skip


def test_the_walk_knows_every_role():
    assert set(OPENED) == {*ROLES, "nobody"}
