"""Rights come from one table, words from one catalogue, and no screen decides by itself."""

import ast
import re
from pathlib import Path

import pytest
from flask_appbuilder.baseviews import BaseCRUDView
from flask_babel import force_locale
from sqlalchemy import text

from app import menu
from app.core import words
from app.core.columns.base import specs
from app.core.columns.files import Document
from app.core.models import mapped
from app.core.views.base import BaseModelView
from app.extensions import db
from app.identity.words import AREAS as AREA_WORDS
from app.identity.words import ROLE_WORDS
from app.permissions import ROLES, Area
from tests.factories import enterprises
from tests.house import reviewed_scopes
from tests.house.machines import machines
from tests.house.test_strangers import model_views
from tests.house.world import NO_ROW, World

APP = Path(__file__).resolve().parents[2] / "app"
AREAS = {str(area) for area in Area}

# Pages that ask for no right of an area, and why.
WITHOUT_AREA = {
    "HomeView": "the first page only shows what each right opens",
    "UtilView": "the framework's way back",
    "LocaleView": "the language of the reader",
    "SignInView": "before anybody is known",
    "MenuApi": "the framework's menu, filtered by rights",
    "DictionaryView": "code lists are shared with everybody",
    "RegistrationPage": "an applicant has no account",
    "CaptchaPage": "an applicant has no account",
    "PublicGuidePage": "published guides are public",
    "PasswordView": "everybody changes his own password",
    "ForgottenPage": "says whom to ask",
    "OpenApiView": "signs every message instead",
    "DraftPage": "a draft is its user's own, whatever he may do",
    "FileView": "asks for the right of the area the row of the file belongs to",
}


def is_chinese(word):
    return any("\u4e00" <= letter <= "\u9fff" for letter in word)


@pytest.fixture
def powerless(app, system, signed_in):
    """A world, and a signed-in contractor without any right."""
    world = World(app, system, signed_in)
    with system():
        user = enterprises.admin(enterprises.enterprise())
    with app.app_context():  # the signing-in role keeps accounts and their roles
        db.session.execute(text("delete from ab_user_role where user_id = :id"), {"id": user})
        db.session.commit()
        db.session.remove()
    browser = signed_in(user)
    with browser.session_transaction() as session:
        session["project_id"] = world.chosen["owner"]
    return world, browser


def test_no_view_opens_without_its_right(powerless, app):
    world, browser = powerless
    guarded = {
        view.endpoint: view
        for view in app.extensions["appbuilder"].baseviews
        if str(getattr(view, "class_permission_name", "")) in AREAS
    }
    tried = 0
    for rule in app.url_map.iter_rules():
        view = guarded.get(rule.endpoint.split(".")[0])
        if view is None or rule.endpoint.endswith("static"):
            continue
        url = rule.build(values(world, rule, view))[1]
        for method in sorted(rule.methods & {"GET", "POST"}):
            answer = browser.open(url, method=method)
            assert answer.status_code == 403, f"{method} {url} answered {answer.status_code}"
            tried += 1
    assert tried > 150


def values(world, rule, view):
    """Something for every part of an address; what it names does not matter here."""
    known = None if rule.endpoint in NO_ROW else world.numbers.get(rule.endpoint)
    number = world.row(view.model, view) if isinstance(view, BaseModelView) else 1
    anything = {"pk": number, "verb": "approve", "column": "name", "code": "T3", "role": "006"}
    return known or {name: anything[name] for name in rule.arguments}


def test_every_table_with_files_says_whose_right_opens_them():
    bare = [
        model.__tablename__
        for model in mapped()
        if any(isinstance(spec.kind, Document) for spec in specs(model).values())
        and not (model.__areas__ and set(model.__areas__) <= set(Area))
    ]
    assert bare == []


def test_the_public_has_no_right(app):
    with app.app_context():  # nobody is signed in: the signing-in role reads the rights
        count = db.session.scalar(
            text(
                "select count(*) from ab_permission_view_role l"
                " join ab_role r on r.id = l.role_id where r.name = 'Public'"
            )
        )
        db.session.remove()
    assert count == 0


def test_every_area_is_given_to_a_role_and_both_have_a_word():
    assert {area for areas in ROLES.values() for area in areas} == set(Area)
    assert set(Area) == set(AREA_WORDS)
    assert set(ROLES) == set(ROLE_WORDS)


def test_the_right_of_every_view_is_an_area_or_it_says_why_not(app):
    bare = {
        type(view).__name__
        for view in app.extensions["appbuilder"].baseviews
        if str(getattr(view, "class_permission_name", "")) not in AREAS
    }
    assert bare == set(WITHOUT_AREA)
    assert all(str(view.class_permission_name) in AREAS for view in model_views(app))


def test_every_view_over_a_model_stands_on_the_base_view(app):
    """A view of the framework's own would escape every test of this folder."""
    views = app.extensions["appbuilder"].baseviews
    foreign = [v for v in views if isinstance(v, BaseCRUDView) and not isinstance(v, BaseModelView)]
    assert foreign == []


def test_every_right_a_view_asks_for_is_given_to_somebody(app):
    given = {
        (f"can_{verb}", str(area))
        for areas in ROLES.values() for area, verbs in areas.items() for verb in verbs
    }  # fmt: skip
    asked = {
        (right, str(view.class_permission_name))
        for view in model_views(app) for right in view.base_permissions
        if right.startswith("can_") and right != "can_run_action"  # asks for each action's own
    }  # fmt: skip
    assert asked - given == set()


def test_every_line_of_the_menu_is_translated(app):
    with app.test_request_context(), force_locale("zh"):
        labels = [entry.label for entry in menu.ENTRIES]
        labels += [label for label, _icon in menu.CATEGORIES.values()]
        assert [str(label) for label in labels if not is_chinese(str(label))] == []


def test_every_verb_of_every_flow_is_translated(app):
    verbs = {move.verb for _name, machine in machines() for move in machine.transitions}
    assert verbs - set(words.VERBS) == set()
    with app.test_request_context(), force_locale("zh"):
        assert [verb for verb in verbs if not is_chinese(words.verb_label(verb))] == []


def test_every_label_of_every_view_is_translated(app):
    bare = set()
    with app.test_request_context(), force_locale("zh"):
        for view in model_views(app):
            names = [*view.list_columns, *(n for _t, ns in view.show_sections for n in ns)]
            known = set(view.computed) | set(specs(view.model))
            labels = [str(view._label(name)) for name in names if name in known]
            labels.append(str(view.list_title))
            bare |= {label for label in labels if label and not is_chinese(label)}
    assert bare == set()


def python_files():
    return sorted(APP.rglob("*.py"))


def test_no_view_compares_role_names():
    wrong = []
    for path in python_files():
        if "views" not in path.relative_to(APP).as_posix():
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Constant) and node.value in ROLES
            asked = isinstance(node, ast.Attribute) and node.attr == "roles"
            if named or asked:
                wrong.append((path.name, node.lineno))
    assert wrong == []


class Callers(ast.NodeVisitor):
    """Where a function is called, and with which first argument."""

    def __init__(self, module, name):
        self.module, self.name, self.inside, self.found = module, name, [], {}

    def visit_FunctionDef(self, node):
        self.inside.append(node.name)
        self.generic_visit(node)
        self.inside.pop()

    visit_ClassDef = visit_FunctionDef  # noqa: N815 - the names are the visitor's

    def visit_Call(self, node):
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if called == self.name:
            given = node.args[0]
            reason = given.value if isinstance(given, ast.Constant) else reviewed_scopes.ASKED_FOR
            self.found[".".join([self.module, *self.inside])] = reason
        self.generic_visit(node)


@pytest.mark.parametrize(
    ("name", "reviewed"),
    [("system_scope", reviewed_scopes.SYSTEM), ("login_scope", reviewed_scopes.LOGIN)],
)
def test_only_reviewed_places_leave_the_rows_of_the_user(name, reviewed):
    found = {}
    for path in python_files():
        module = ".".join(path.relative_to(APP).with_suffix("").parts).removesuffix(".__init__")
        visitor = Callers(module, name)
        visitor.visit(ast.parse(path.read_text(encoding="utf-8")))
        found |= visitor.found
    assert found == reviewed


# where the engine is used directly, beside every session and so beside every principal (D2)
ENGINE_USERS = {
    "commands.py": "migrations and their lock, as the owner",
    "core/jobs/runner.py": "a run is noted beside the job's own transaction, as the system",
}


def test_only_reviewed_places_use_the_engine_directly():
    found = {
        str(path.relative_to(APP))
        for path in python_files()
        if re.search(r"create_engine|db\.engines?\b|get_engine|get_bind", path.read_text("utf-8"))
    }
    assert found == set(ENGINE_USERS)
