"""Old and new side by side, and qualifications for reading."""

from typing import Any

from flask_babel import gettext
from markupsafe import Markup

from app.core.columns import specs
from app.enterprises import queries
from app.enterprises.models import Enterprise, EnterpriseChange, Qualification
from app.enterprises.services import values as waiting

QUALIFICATIONS = "qualifications"


def change_items(change: EnterpriseChange) -> list[dict[str, Any]]:
    """Give the changed fields of a request as {label, old, new}."""
    items: list[dict[str, Any]] = []
    for name, pair in change.changed_fields.items():
        if name == QUALIFICATIONS:
            items += _rows(pair["old"], pair["new"])
        else:
            items.append(_pair(name, pair["old"], pair["new"]))
    return items


def comparison(row: Enterprise) -> list[dict[str, Any]]:
    """Give what an applicant changed since his application was returned."""
    if not row.previous:
        return []
    before = row.previous["fields"]
    after = waiting.pack(Enterprise, {name: getattr(row, name) for name in before})
    items = [
        _pair(name, before[name], after[name])
        for name in before
        if name in specs(Enterprise) and not _same(name, before[name], after[name])
    ]
    old, new = row.previous["qualifications"], waiting.packed_qualifications(row.id)
    return items + ([] if old == new else _rows(old, new))


def _same(name: str, old: Any, new: Any) -> bool:
    both = [waiting.unpack(Enterprise, {name: value}) for value in (old, new)]
    return both[0] == both[1]


def _pair(name: str, old: Any, new: Any) -> dict[str, Any]:
    shown = [waiting.shown(Enterprise, name, value) for value in (old, new)]
    if shown[0] == shown[1]:  # masked numbers may look alike
        shown[1] = Markup("{}（{}）").format(shown[1], gettext("changed"))
    return {"label": queries.field_label(name), "old": shown[0], "new": shown[1]}


def _rows(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    before = {row["certificate_no"]: row for row in old}
    after = {row["certificate_no"]: row for row in new}
    return [
        {
            "label": f"{gettext('Qualification')} {number}",
            "old": waiting.summary(before.get(number)), "new": waiting.summary(after.get(number)),
        }
        for number in {**before, **after} if before.get(number) != after.get(number)
    ]  # fmt: skip


def qualification_sections(enterprise_id: int) -> list[tuple[Any, list[tuple[Any, Any]]]]:
    """Give each qualification as a section of facts."""
    return [
        (f"{gettext('Qualification')} {at}", [
            (specs(Qualification)[name].label, specs(Qualification)[name].shown(row))
            for name in waiting.QUALIFICATION_FIELDS
            if getattr(row, name) is not None
        ])
        for at, row in enumerate(waiting.qualifications_of(enterprise_id), 1)
    ]  # fmt: skip
