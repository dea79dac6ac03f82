"""The form of an incident: its columns and rows of people."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import FieldList, FormField

from app.core.forms import BaseForm, form_class
from app.incidents.models import IncidentPerson

MOST_PEOPLE = 50
COLUMNS = ("name", "role", "id_type", "id_number")


class PlainForm(BaseForm):
    """A form inside a form: protected by the outer one."""

    class Meta:
        csrf = False

    def validate(self, extra_validators: Any = None) -> bool:
        """Take a row nobody has written into for none at all."""
        typed = [field for field in self.columns() if field.short_name != "id_type"]
        if not any(field.typed for field in typed):
            return True
        return super().validate(extra_validators)


PersonForm = form_class(IncidentPerson, COLUMNS, base=PlainForm)


class IncidentForm(BaseForm):
    """Adds the people to the columns of the incident."""

    people = FieldList(
        FormField(PersonForm), label=_("People concerned by name"), max_entries=MOST_PEOPLE,
        description=_("Only organisers and parties with a number are recognised when they join a"
                      " project again; victims, witnesses and petitioners never are"),
    )  # fmt: skip

    def values(self) -> dict[str, Any]:
        """Give the clean values with the people as a list; empty rows are left out."""
        rows = [entry.form.values() for entry in self.people]
        return {**super().values(), "people": [row for row in rows if row.get("name")]}
