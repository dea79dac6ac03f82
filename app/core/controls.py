"""The bare HTML control of a form field; the templates put label, help and error around it.

A long form has some eighty of them, so an attribute is written once, by a plain join.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from app.core.forms import ColumnField
    from app.core.uploads import Upload

INPUT_TYPES = {
    "text": "text", "number": "number", "decimal": "text", "date": "date", "month": "month",
    "time": "time", "datetime-local": "datetime-local", "password": "password",
}  # fmt: skip
MANY = {"multiselect", "remotes"}
Attributes = dict[str, Any]


def draw(field: "ColumnField", dressed: Attributes) -> Markup:
    """Draw the control of a field with what the template adds to it."""
    given = {"id": field.id, "name": field.name, **field.kind.attributes(), **dressed}
    if field.blank_keeps:
        given["data-blank-keeps"] = True
    if field.errors:
        given |= {"aria-invalid": "true", "aria-describedby": f"{field.id}-error"}
    return Markup(_DRAWN.get(field.control, _input)(field, given))  # noqa: S704 - escaped below


def attributes(given: Attributes) -> str:
    """Write attributes, escaped: True stands as a bare name, False and None not at all."""
    return " ".join(
        name if value is True else f'{name}="{escape(value)}"'
        for name, value in given.items()
        if value is not None and value is not False
    )


def _input(field: "ColumnField", given: Attributes) -> str:
    kind = INPUT_TYPES.get(field.control, "text")
    value = "" if kind == "password" else field.typed or ""
    if field.answer_url:
        given["data-answer-url"] = field.answer_url
    return f"<input {attributes({'type': kind, 'value': value, **given})}>"


def _textarea(field: "ColumnField", given: Attributes) -> str:
    rich = {"data-richtext": True} if field.control == "richtext" else {}
    words = escape(field.typed or "")
    return f"<textarea {attributes({'rows': 4, **given, **rich})}>{words}</textarea>"


def _select(field: "ColumnField", given: Attributes) -> str:
    if field.control in MANY:
        given["multiple"] = True
    if field.control == "codes":
        field.lookup_url = url_for("DictionaryView.options", table=field.kind.table)  # type: ignore[attr-defined]
    if field.lookup_url:
        given["class"] = f"{given.get('class', '')} js-remote".strip()
        given["data-url"] = field.lookup_url
        given["data-parent"] = getattr(field.kind, "parent", "") or None
    rows = [] if field.control in MANY else [("", gettext("Please choose"))]
    return f"<select {attributes(given)}>{_options(field, rows + field.options())}</select>"


def _options(field: "ColumnField", offered: Iterable[tuple[str, Any]]) -> str:
    return "".join(
        f'<option value="{escape(code)}"{" selected" if field.is_chosen(code) else ""}>'
        f"{escape(label)}</option>"
        for code, label in offered
    )


def _file(field: "ColumnField", given: Attributes) -> str:
    if field.kind.many:  # type: ignore[attr-defined]
        given["multiple"] = True
    rule: Upload = field.kind.rule  # type: ignore[attr-defined]
    limits = {"type": "file", "accept": rule.accept, "data-max-bytes": rule.max_bytes}
    return f"<input {attributes({**limits, **given})}>"


_DRAWN: dict[str, Callable[["ColumnField", Attributes], str]] = {
    "textarea": _textarea, "richtext": _textarea, "select": _select, "codes": _select,
    "flag": _select, "multiselect": _select, "remote": _select, "remotes": _select, "file": _file,
}  # fmt: skip
