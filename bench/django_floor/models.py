"""The worker as a Django model: one field for each control of our form, of the same kind."""

from typing import Any

from django.contrib import admin
from django.db import models

from app.core.columns.base import ColumnSpec, specs
from app.roster.models import ProjectWorker
from app.roster.views import worker_columns

EMPTY = {"null": True, "blank": True}
SHORT = 20  # options a floor draws; a longer list is a bare text there, so that it stays a floor
KINDS: dict[str, Any] = {
    "date": models.DateField,
    "number": models.IntegerField,
    "file": models.IntegerField,
    "remote": models.BigIntegerField,
    "flag": models.BooleanField,
    "textarea": models.TextField,
}


def _field(name: str, spec: ColumnSpec) -> Any:
    label, control = str(spec.label), spec.kind.control
    if control in KINDS:
        return KINDS[control](label, **EMPTY)
    if control == "decimal":
        return models.DecimalField(label, max_digits=16, decimal_places=2, **EMPTY)
    offered = [(code, str(words)) for code, words in spec.kind.choices()]
    return models.CharField(
        label, max_length=400, unique=name == "id_number",
        choices=offered if control == "select" and len(offered) <= SHORT else None, **EMPTY,
    )  # fmt: skip


class Meta:
    """Where Django looks for the model."""

    app_label = "django_floor"


_specs = specs(ProjectWorker)
SECTIONS = [
    (str(title), [name for name in names if name in _specs]) for title, names in worker_columns.FORM
]
Worker: Any = type(
    "Worker", (models.Model,),
    {
        "__module__": __name__, "Meta": Meta,
        **{name: _field(name, _specs[name]) for _title, names in SECTIONS for name in names},
    },
)  # fmt: skip


@admin.register(Worker)
class WorkerAdmin(admin.ModelAdmin):
    """The form in the sections of ours."""

    fieldsets = [(title, {"fields": names}) for title, names in SECTIONS]
