"""The audit in words: titles of tables, labels of columns, values as people read them.

A value is told as its column's kind shows it. One of no known meaning, or one of a sensitive
column that its kind cannot read, is told by its size alone, because it may hold what must stay
masked (PIPL art 51).
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flask_babel import gettext
from markupsafe import Markup, escape
from sqlalchemy import Select, String, cast, literal, select, union_all

from app.alerts import facts as findings
from app.alerts import words as alerts
from app.alerts.models import named as alert_name
from app.approvals import accounts
from app.core import clock, dictionaries, scope, settings, vault
from app.core.checks import Invalid
from app.core.columns import N_, ChoiceOf, ChoicesOf, Code, ColumnSpec, Instant, Ref, specs
from app.core.columns.base import EMPTY
from app.core.columns.files import Document
from app.core.columns.secrets import SecretText
from app.core.jobs.registry import title_of
from app.core.models import class_named, mapped
from app.core.words import people
from app.extensions import db
from app.identity.words import KINDS as ACCOUNT_KINDS
from app.roster.models import ProjectWorker

TABLES = {
    "ab_permission_view_role": N_("Right of a role"), "ab_user": N_("Sign-in account"),
    "ab_user_role": N_("Role of an account"),
    "account_transaction": N_("Account transaction"), "allocation_plan": N_("Plan of allocation"),
    "alert": N_("Alert"), "alert_event": N_("Step of a warning"),
    "alert_parameter": N_("Threshold of a rule"), "api_client": N_("Interface client"),
    "article": N_("Article"), "bank_receipt": N_("Bank receipt"),
    "calendar_day": N_("Day of the working calendar"), "certificate": N_("Certificate"),
    "contract": N_("Contract"), "correction": N_("Attendance correction"),
    "dictionary_entry": N_("Dictionary entry"),
    "device": N_("Device"), "dictionary_table": N_("Dictionary"), "enterprise": N_("Enterprise"),
    "enterprise_change": N_("Change of an enterprise"),
    "form_draft": N_("Draft of a form"), "import_job": N_("Import"),
    "import_book": N_("Workbook of an import"),
    "import_sheet": N_("Sheet of an import"),
    "line_card": N_("Card of an earlier try"),
    "incident": N_("Incident"), "incident_person": N_("Person in an incident"),
    "month_lock": N_("Locked month"), "movement": N_("Entry or exit"),
    "odd_punch": N_("Odd punch"),
    "payroll": N_("Payroll"), "payroll_line": N_("Payroll line"),
    "payroll_plan": N_("Payroll plan"),
    "permit": N_("Construction permit"), "person": N_("Person on file"),
    "person_correction": N_("Person correction"),
    "post_replacement": N_("Replacement"),
    "project": N_("Project"), "project_unit": N_("Participating unit"),
    "project_worker": N_("Worker"), "punch": N_("Punch"),
    "qualification": N_("Qualification"),
    "schedule": N_("Schedule"), "setting": N_("Threshold"),
    "site_access": N_("Access of a login to a site"), "staff_member": N_("Staff member"),
    "stay_release": N_("Request for a release"), "stored_file": N_("File"),
    "software_pass": N_("Software that passed the self-test"),
    "upstream_code": N_("Counterpart of a code"),
    "upstream_link": N_("Settings of reporting"),
    "upstream_site": N_("Counterpart of a project"),
    "team": N_("Team"), "trainee": N_("Person at a training"), "training": N_("Training session"),
    "transfer": N_("Transfer"), "uploaded_company": N_("Company as uploaded"),
    "visitor_pass": N_("Visitor pass"),
    "wage_account": N_("Special wage account"),
    "watch_entry": N_("Watch entry"),
}  # fmt: skip
# columns the models declare no label for, because no screen shows them
COLUMNS = {
    "account_name_differs": N_("Account in another name"),
    "concerned_projects": N_("Projects concerned"), "concerned_units": N_("Units concerned"),
    "new_project_id": N_("Project of the new stay"), "new_unit_id": N_("Unit of the new stay"),
    "new_worker_id": N_("New stay"), "former_hashes": N_("Hashes of former numbers"),
    "wage_banks": N_("Wage banks as uploaded"), "content": N_("Content as uploaded"),
    "credit_code": N_("Unified social credit code"), "sandbox_id": N_("Sandbox project"),
    "software_key": N_("Name of the software"), "vendor_key": N_("Name of the vendor"),
    "company_name": N_("Enterprise name"),
    "account_id": N_("Special account"), "active": N_("Active"), "audience": N_("Kind of account"),
    "district_code": N_("District"),
    "actor": N_("Account"),
    "agreed_version": N_("Version of the commitment"), "attempt": N_("Number of submissions"),
    "conflict": N_("Conflict of data"), "decided_at": N_("Decided at"),
    "decided_by": N_("Decided by"), "direct": N_("In force at once"),
    "district": N_("District"), "district_too": N_("The district decides too"),
    "draft_of": N_("Drafted from"), "ending": N_("What ended it"),
    "enterprise_id": N_("Enterprise"), "escalation_step": N_("Offices told"),
    "evidence": N_("Computed from"), "facts": N_("Particulars"),
    "expires_at": N_("Kept until"), "files": N_("Uploaded files"), "place": N_("Page of the form"),
    "has_contract": N_("Contract on file"),
    "id_checked_by": N_("Checked by"), "incident_id": N_("Incident"),
    "is_deleted": N_("Deleted"), "is_management": N_("Team of the project office"),
    "key": N_("Threshold"), "kind": N_("Kind"), "matched": N_("Matched"),
    "merged_into_id": N_("Merged into"), "mime": N_("Kind of file"),
    "limited": N_("Only chosen projects"), "must_change_password": N_("Must change the password"),
    "month": N_("Month"), "no_qualification_warning": N_("No qualification, with a warning"),
    "number_birth_on": N_("Birth date in the number"),
    "number_fault": N_("Identity number fails its check"),
    "number_permit": N_("Number of a residence permit"), "number_sex": N_("Sex in the number"),
    "objected": N_("Objection raised"), "odd_id": N_("Odd punch"),
    "original_name": N_("Name of the file"), "owner_id": N_("Number of the record"),
    "owner_table": N_("Belongs to"), "parameter_version": N_("Version of the thresholds"),
    "parameters": N_("Thresholds in force"), "person_id": N_("Person on file"),
    "password_changed_at": N_("Password changed"), "permission_view_id": N_("Right"),
    "plan_id": N_("Payroll plan"), "position": N_("Place in the list"),
    "previous": N_("Previous submission"), "project_id": N_("Project"),
    "replaced_at": N_("Replaced at"), "reviewed_at": N_("Reviewed at"),
    "reviewed_by": N_("Reviewed by"), "role": N_("Role"), "role_id": N_("Role"),
    "session_epoch": N_("Sessions ended"), "suspended": N_("Enterprise disabled"),
    "rule_version": N_("Version of the rule"),
    "size": N_("Size of the file"), "team_id": N_("Team"),
    "tenant_sees": N_("Contractors see it"), "unit_id": N_("Unit"), "user_id": N_("Account"),
    "valid_to": N_("Valid to"), "verified_by": N_("Checked by"), "value": N_("Value"),
    "version": N_("Version"),
    "viewers": N_("Enterprises that see it"),
    "worker_count": N_("Number of workers"),
}  # fmt: skip
# what is no person's name, though its column is called one
NAMES = {("calendar_day", "name"): N_("Name of the day")}
ACCOUNTS = ("actor", "decided_by", "id_checked_by", "reviewed_by", "user_id", "verified_by")
ROWS = {
    "enterprise_id": "Enterprise", "incident_id": "Incident", "person_id": "Person",
    "merged_into_id": "Person", "project_id": "Project", "team_id": "Team",
    "unit_id": "ProjectUnit", "viewers": "Enterprise",
}  # fmt: skip
KINDS = {"holiday": N_("Holiday or make-up day"), "stop": N_("City stop")}
SEES = {
    scope.Audience.GOVERNMENT: "government_sees", scope.Audience.TENANT: "tenant_sees",
}  # fmt: skip
MOST_NAMES = 5
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")
SECRET = "******"  # noqa: S105 - what stands in place of one


def table_title(table: str) -> str:
    """Give what people call the rows of a table."""
    return gettext(TABLES.get(table, N_("Other record")))


def class_of(table: str) -> Any:
    """Give the model of a table, ours where it extends the framework's; None without one."""
    models = [model for model in mapped() if model.__tablename__ == table]
    return max(models, key=lambda model: len(model.__mro__), default=None)


def specs_of(table: str) -> dict[str, ColumnSpec]:
    """Give the declared columns of a table."""
    model = class_of(table)
    return specs(model) if model is not None else {}


def column_label(table: str, name: str) -> str:
    """Give the label of a column."""
    if (table, name) in NAMES:
        return gettext(NAMES[table, name])
    spec = specs_of(table).get(name)
    return str(spec.label) if spec else gettext(COLUMNS.get(name, N_("Other particulars")))


def row_names(wanted: dict[str, set[int]]) -> dict[tuple[str, int], str]:
    """Give the names of rows the reader may see, by table and number."""
    parts = [_named(table, numbers) for table, numbers in wanted.items() if _readable(table)]
    if "person" in wanted:
        parts.append(_people_on_site(wanted["person"]))
    if accounts.ACCOUNTS in wanted:
        parts.append(accounts.chosen(wanted[accounts.ACCOUNTS]))
    return _read(parts)


def _read(parts: list[Select[Any]]) -> dict[tuple[str, int], str]:
    """Read names by table and number with one statement; of two of a row the later stands."""
    if not parts:
        return {}
    return {
        (table, number): _name_of(table, number, text)
        for table, number, text in db.session.execute(union_all(*parts))
    }


def _named(table: str, numbers: Iterable[int]) -> Select[Any]:
    model = class_of(table)
    return select(
        literal(table), model.id, cast(getattr(model, model.__picker__[0]), String)
    ).where(model.id.in_(list(numbers)))


def _people_on_site(numbers: Iterable[int]) -> Select[Any]:
    """Choose the names of people by their stays the reader may see: no office reads their files."""
    return select(literal("person"), ProjectWorker.person_id, ProjectWorker.name).where(
        ProjectWorker.person_id.in_(list(numbers))
    )


def told_by(table: str, told: dict[str, Any]) -> str:
    """Give the name of a row out of what the log itself says about it, empty without one."""
    model = class_of(table)
    name = getattr(model, "__picker__", ("",))[0]
    spec = specs_of(table).get(name)
    if spec is None or spec.kind.sensitive or not isinstance(told.get(name), str):
        return ""
    return str(told[name])


def _readable(table: str) -> bool:
    """Tell whether the reader may see rows of a table at all; some tables no official reads."""
    sees = SEES.get(scope.current().audience, "")
    policy = getattr(class_of(table), "__scope__", None)  # no official reads accounts
    return policy is not None and not (sees and not getattr(policy, sees))


def _name_of(table: str, number: int, text: str | None) -> str:
    """Give the name of a row as its class does, from its number and the column people pick it by.

    A choice is told by its label.
    """
    if table == accounts.ACCOUNTS:
        return text or ""
    if table == "setting":
        return _setting_label(text or "")
    if table in {"schedule", "job_run"}:
        return title_of(text or "")
    if table == "alert":
        return alert_name(number, text)
    kind = class_of(table).__table__.c[class_of(table).__picker__[0]].type
    choice = getattr(kind, "enum_class", None)
    return str(choice[text]) if choice and text else (text or "").strip()


def _setting_label(key: str) -> str:
    known = settings.declared().get(key)
    return str(known.label) if known else gettext("Other particulars")


def shown(table: str, name: str, raw: Any) -> Any:
    """Give a value of the log as people read it."""
    if raw in (None, "", [], {}):
        return EMPTY
    special = STRUCTURES.get((table, name)) or STRUCTURES.get(("", name))
    if special is not None:
        return special(raw)
    spec = specs_of(table).get(name)
    if spec is None:
        return _plain(name, raw)
    try:
        return _by_kind(spec, raw)
    except (Invalid, ValueError, TypeError, KeyError, AttributeError):
        return _size(raw) if spec.kind.sensitive else _told(raw)


def _by_kind(spec: ColumnSpec, raw: Any) -> Any:
    kind = spec.kind
    if isinstance(kind, SecretText):
        return kind.mask(_opened(raw)) if _opened(raw) else SECRET
    if isinstance(kind, Ref):
        return _names(kind.model, raw)
    if isinstance(kind, ChoiceOf) and not isinstance(kind, ChoicesOf):
        return escape(kind.choice[raw].label)
    if isinstance(kind, (ChoicesOf, Code, Document)):
        return kind.show(raw)
    return _told(raw) if isinstance(raw, dict) else kind.mask(kind.clean(raw))


def _opened(raw: str) -> str | None:
    try:
        return vault.current().decrypt(raw)
    except (vault.VaultError, ValueError):
        return None


def _plain(name: str, raw: Any) -> Any:
    """Give a value of a column without a declaration."""
    if isinstance(raw, bool):
        found: Any = gettext("Yes") if raw else gettext("No")
    elif name in ACCOUNTS:
        found = people([raw]).get(raw) or gettext("No. %(n)s", n=raw)
    elif name in ROWS:
        found = _names(ROWS[name], raw)
    elif isinstance(raw, str) and MOMENT.match(raw):
        found = Instant().show(datetime.fromisoformat(raw).astimezone(clock.CHINA))
    elif name == "owner_table":
        found = table_title(raw)
    else:
        found = gettext(KINDS[raw]) if str(raw) in KINDS else None
    if found is None:
        found = _told(raw) if name in COLUMNS else _size(raw)
    return found


def _names(model: str, raw: Any) -> Any:
    numbers = raw if isinstance(raw, list) else [raw]
    table = class_named(model).__tablename__
    rows = _read([_named(table, numbers)] if _readable(table) else [])
    names = [rows.get((table, n)) or gettext("No. %(n)s", n=n) for n in numbers[:MOST_NAMES]]
    text = "、".join(names)
    left = len(numbers) - MOST_NAMES
    return escape(text + gettext("and %(n)s more", n=left) if left > 0 else text)


def _told(raw: Any) -> str:
    """Give a plain text or number itself, of anything else the size."""
    if isinstance(raw, dict):
        return _size(raw)
    if isinstance(raw, list):
        words = all(isinstance(item, str) for item in raw)
        return str(escape("、".join(raw))) if words else _size(raw)
    return str(escape(str(raw)))


def _size(raw: Any) -> str:
    """Give the size of what must not be shown as it stands."""
    if isinstance(raw, (dict, list)):
        return gettext("%(n)s particulars", n=len(raw))
    return gettext("%(n)s characters", n=len(str(raw)))


# --- what the program keeps as structures -------------------------------------------------


def _lines(pairs: Any) -> Markup:
    return Markup("<br>").join(Markup("{}：{}").format(pair[0], pair[1]) for pair in pairs)


def _facts(raw: Any) -> Any:
    return _lines(findings.pairs(raw)) or _told(raw)


def _links(raw: Any) -> Any:
    rows = raw if isinstance(raw, list) else []
    return "、".join(f"{row.get('name') or row.get('label') or ''}" for row in rows) or _told(raw)


def _evidence(raw: Any) -> Any:
    parts = [_facts(raw.get("facts") or {}), _links(raw.get("rows") or [])]
    return Markup("<br>").join(part for part in parts if part)


def _thresholds(raw: Any) -> Any:
    return _lines((alerts.parameter_label(n), alerts.parameter_value(n, v)) for n, v in raw.items())


def _ending(raw: Any) -> Any:
    return gettext("Not found any more on %(day)s", day=raw.get("day") or EMPTY)


def _fields_of(model: str) -> Callable[[Any], Any]:
    def labels(raw: Any) -> str:
        declared = specs(class_named(model))
        return "、".join(str(declared[name].label) for name in raw if name in declared)

    return labels


def _named_by(names_of: Callable[[list[int]], dict[int, str]]) -> Callable[[Any], Any]:
    return lambda raw: escape(names_of([raw]).get(raw) or gettext("No. %(n)s", n=raw))


STRUCTURES: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("ab_user", "audience"): lambda raw: gettext(ACCOUNT_KINDS[raw]),
    ("ab_user", "district_code"): lambda raw: dictionaries.label("district", raw),
    ("", "role_id"): _named_by(accounts.role_names),
    ("", "permission_view_id"): _named_by(accounts.right_names),
    ("alert", "facts"): _facts, ("alert", "evidence"): _links, ("alert", "ending"): _ending,
    ("alert_event", "evidence"): _evidence, ("", "parameters"): _thresholds,
    ("alert_parameter", "value"): lambda raw: alerts.parameter_value("", raw),
    ("alert_parameter", "name"): alerts.parameter_label,
    ("alert", "category"): gettext, ("alert", "rule_code"): alerts.code_and_name,
    ("alert_parameter", "rule_code"): alerts.code_and_name,
    ("enterprise_change", "changed_fields"): _fields_of("Enterprise"),
    ("enterprise", "returned_fields"): _fields_of("Enterprise"),
    ("project", "returned_fields"): _fields_of("Project"),
    ("setting", "key"): _setting_label, ("schedule", "name"): title_of,
    ("dictionary_entry", "table_name"): dictionaries.title,
    ("dictionary_table", "table_name"): dictionaries.title,
    ("calendar_day", "district"): lambda raw: dictionaries.label("jm_district", raw),
}  # fmt: skip
