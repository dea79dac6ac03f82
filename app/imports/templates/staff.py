"""T4 现场专业人员/管理技术人员: one row is one person on a post (screens.md 8.4, 14)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import checks, dictionaries, scope
from app.core.columns import CreditCode
from app.core.columns.base import spec_of
from app.core.sheets import Dependent, SheetColumn, SheetSpec, sheet_columns
from app.extensions import db
from app.imports.templates import examples, lookups
from app.imports.templates.base import Effect, Kind, Taken, Template
from app.imports.templates.since import written_since
from app.projects.models import Project
from app.roster import services as roster
from app.roster.choices import StaffKind, StaffState
from app.roster.models import StaffMember
from app.roster.queries import open_units
from app.roster.services.staff import posts_of
from app.roster.services.staff_rows import made_stays, used_logins

# The order of screens.md 14; a column declared later without a place here comes last.
ORDER = (
    "staff_kind", "post", "unit_id", "name", "id_type", "id_number", "mobile", "on_post_from",
    "nationality", "sex", "birth_on", "nation", "address", "certificate_kind", "certificate_no",
    "certificate_valid_to", "username",
)  # fmt: skip
LOGIN = _("Filled in it opens a login; its first password is shown once, with the result")
STARRED = frozenset({"sheet"})
EXAMPLES = {
    "staff_kind": "现场专业人员", "post": "施工员", "unit_id": examples.UNIT["unit_id"],
    **examples.PERSON, **examples.HOME, "on_post_from": "2026-11-01",
    "certificate_kind": "岗位证", "certificate_no": "粤建施0001",
    "certificate_valid_to": "2028-12-31", "username": "zhangsan",
}  # fmt: skip
APART = frozenset({"性别", "出生日期"})  # for other documents
PICTURES = {
    "头像": "id_portrait", "正面": "id_front", "反面": "id_back", "人脸": "face_photo",
}  # fmt: skip

NOTES = {"unit_id": lookups.CODE_NOTE}


def staff_sheet(project: Project | None = None) -> SheetSpec:
    """Give T4; the posts of both kinds stand in one list, as the dictionary names them."""
    units = _Units(project) if project is not None else None
    declared = {spec.name: spec for spec in sheet_columns(StaffMember).values()}
    names = [n for n in ORDER if n in declared] + [n for n in declared if n not in ORDER]
    columns = []
    for name in names:
        spec, kind = declared[name], None
        lookup: Any = None
        if name == "staff_kind":  # the form knows it by its screen
            spec = replace(spec, required_at=STARRED)
            object.__setattr__(spec, "name", name)
        if name == "username":
            spec = replace(spec, required_at=frozenset(), when=None, sheet_note=LOGIN)
            object.__setattr__(spec, "name", name)
        if name == "unit_id":
            kind, lookup = CreditCode(), units.unit if units else lookups.code_alone
        if name == "post":
            lookup = _post
        columns.append(
            SheetColumn(
                spec,
                example=EXAMPLES.get(name, ""),
                note=NOTES.get(name, ""),
                lookup=lookup,
                kind_for_cell=kind,
            )
        )
    return SheetSpec(
        "T4", _("Specialists and management staff"), tuple(columns),
        lists={lookups.UNIT: units.codes()} if units else {},
        dependents={
            declared["post"].sheet: Dependent(declared["staff_kind"].sheet, lambda: {
                kind.label: list(_posts(kind)) for kind in StaffKind
            }),
        }, apart=APART,
    )  # fmt: skip


def _posts(kind: StaffKind) -> dict[str, str]:
    """Give the posts of a kind of staff by their words: both kinds have some of the same words."""
    found = posts_of(kind)
    return {label: code for code, label in dictionaries.options("post") if code in found}


def _post(text: str, values: Mapping[str, Any]) -> Any:
    """Read a post by the kind of staff beside it."""
    kind = values.get("staff_kind")
    named = _posts(kind).get(checks.fold_text(text)) if kind else None
    return named or spec_of(StaffMember, "post").kind.read(text)


class _Units:
    """The units the user keeps, owner and supervisor included, by their credit code."""

    def __init__(self, project: Project) -> None:
        rows = db.session.scalars(open_units(project.id, scope.current()))
        self.units = {unit.credit_code: unit.id for unit in rows if unit.credit_code}

    def unit(self, text: str, _values: Any) -> int:
        """Find a unit by its credit code."""
        found = self.units.get(checks.credit_code(text))
        if found is None:
            raise checks.Invalid(
                gettext(
                    "No unit of this project that you keep has this code: compare it with the list"
                    " of units"
                )
            )
        return int(found)

    def codes(self) -> list[str]:
        """Give the codes of the drop-down."""
        return sorted(self.units)


def take(
    project: Project, rows: Sequence[Mapping[str, Any]], *, actor: scope.Principal
) -> list[Taken]:
    """Put the people on their posts; the first password of a new login is shown once."""
    found = []
    for one in roster.record_staff(project, rows, actor=actor):
        kind = Kind.CREATED if one.new else Kind.UPDATED if one.changed else Kind.UNCHANGED
        found.append(Taken(one.row, kind, one.before, one.notices, _once(one.row)))
    return found


def _once(post: StaffMember) -> dict[str, str]:
    if not post.initial_password:
        return {}
    return {
        gettext("Name"): post.name, gettext("Sign-in name"): post.username,
        gettext("First password"): str(post.initial_password),
    }  # fmt: skip


def dependants(_project: Project, effects: Sequence[Effect]) -> list[str]:
    """Name the posts whose stay or login has been used, or that were changed since."""
    pairs = [(one.row, one.before) for one in effects]
    stays = made_stays(pairs)
    of_stays = [replace(one, row=stays[one.row.id]) for one in effects if one.row.id in stays]
    logins = {post.id for post in used_logins(pairs)}
    used = [
        gettext("Row %(number)s “%(row)s”: %(what)s", number=one.number, row=str(one.row),
                what=gettext("the login has been used"))
        for one in effects if one.row.id in logins
    ]  # fmt: skip
    return [*written_since(effects), *written_since(of_stays, but=("staff_member",)), *used]


def undo(_project: Project, effects: Sequence[Effect], *, actor: scope.Principal) -> None:
    """Take the posts back with the stays and logins that came with them."""
    roster.take_back_staff([(one.row, one.before) for one in effects], actor=actor)


TEMPLATE = Template(
    code="T4", title=_("Specialists and management staff"),
    purpose=_(
        "Put people on posts, with certificate and login. The first passwords are shown once, with"
        " the result."
    ),
    sheet=staff_sheet, take=take, dependants=dependants, undo=undo, pictures=PICTURES,
    owners=lookups.owners_of(StaffMember, (StaffState.DRAFT, StaffState.ON_SITE)),
    attach=roster.edit_staff, place="ManagerView.list",
)  # fmt: skip
