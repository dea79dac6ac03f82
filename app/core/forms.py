"""Forms generated from columns: one field class for every semantic type.

The field keeps what was typed, checks it with the column's own type, and says what is wrong
beside itself. A form gives clean values by column name, ready for a service.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask import url_for
from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug.datastructures import FileStorage
from wtforms import Field, FieldList, HiddenField, ValidationError

from app.core import checks, conditions, controls, files, thumbnails, uploads
from app.core.columns import Code
from app.core.columns.base import ColumnSpec, required_message, specs
from app.core.errors import Refusal, Refusals


class ColumnField(Field):
    """The form control of one declared column."""

    def __init__(self, spec: ColumnSpec, door: str = "form", **options: Any) -> None:
        super().__init__(label=spec.label, description=spec.help, default=None, **options)
        self.spec, self.kind, self.door = spec, spec.kind, door
        self.unit = spec.kind.unit
        self.wide = spec.wide or spec.kind.control in {"textarea", "richtext"}
        if spec.kind.control == "file":
            self.on_file: list[int] = []
            self.kept: list[dict[str, Any]] = []
        self.lookup_url = ""
        self.answer_url = ""
        self.chosen: list[tuple[str, str]] = []
        self.problem = ""
        self.blank_keeps = False  # left empty it means the value on file
        self.holder: BaseForm  # the form it stands in
        if door in spec.required_at and spec.when is None:
            self.flags.required = True

    @property
    def control(self) -> str:
        """Name the kind of control the templates draw."""
        return self.kind.control

    @property
    def demand(self) -> str:
        """Say how the field is demanded where it applies: at once, later, or not at all."""
        if self.flags.required or "form" in self.spec.required_at:
            return conditions.REQUIRED
        return conditions.LATER if self.spec.later else ""

    @property
    def conditional(self) -> bool:
        """Tell whether other values of the form decide if the field is demanded."""
        return bool(self.demand) and self.spec.when is not None and not self.flags.required

    @property
    def mark(self) -> str:
        """Say what stands beside the label, as the form is now."""
        return self.mark_for(self.holder.values()) if self.conditional else self.demand

    def mark_for(self, values: Mapping[str, Any]) -> str:
        """Say what stands beside the label of a field with these neighbours."""
        return self.demand if self.spec.demanded(values) else ""

    former: Any = None  # the value of the row being edited

    def process_data(self, value: Any) -> None:
        """Take the value of a row being edited, or the default; a sensitive one shows its mask."""
        self.data = value
        self.typed: Any = self._mask(value) or self.kind.text(value)
        if self.control == "file":
            self.on_file = _listed(value)

    def _mask(self, value: Any) -> str:
        """Give what stands for a sensitive value; nothing where there is none to hide."""
        hidden = self.kind.sensitive and value not in (None, "")
        return str(self.kind.mask(value)) if hidden else ""

    def is_mask_of(self, value: Any) -> bool:
        """Tell whether what was posted is the mask of this value, as the form was given out."""
        mask = self._mask(value)
        return bool(mask) and isinstance(self.typed, str) and self.typed.strip() == mask

    def keep(self, value: Any) -> None:
        """Take an untouched mask for the value on file (PIPL art 51: no whole number leaves)."""
        self.former = value
        if self.is_mask_of(value):
            self.data, self.problem = value, ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was posted; a wrong value stays as typed."""
        if self.control == "file":
            self._receive(valuelist)
            return
        raw: Any = valuelist if self.control in controls.MANY else (valuelist or [""])[0]
        self.typed = raw
        try:
            self.data = self.kind.read(raw)
        except (checks.Invalid, Refusal) as problem:
            self.data, self.problem = None, str(problem)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read posted data; an absent checkbox list or file means what was kept."""
        self.posted = formdata
        super().process(formdata, data, extra_filters)
        if formdata and self.control == "file" and self.name not in formdata:
            self._receive([])
        elif formdata and self.control in controls.MANY and self.name not in formdata:
            self.data, self.typed = None, []

    def _receive(self, posted: list[Any]) -> None:
        proofs = self._proofs()
        numbers = files.numbers_of(proofs)
        gone = len(numbers) < len(proofs)
        try:
            for upload in posted:
                if isinstance(upload, FileStorage) and upload.filename:
                    found = files.receive(upload.stream, upload.filename, self.kind.rule)  # type: ignore[attr-defined]
                    numbers = [*numbers, found] if self.kind.many else [found]  # type: ignore[attr-defined]
        except (uploads.UploadError, Refusal) as problem:
            self.problem = str(problem)
        if gone and not self.problem and (self.kind.many or not numbers):  # type: ignore[attr-defined]
            self.problem = str(files.UnknownFile())
        self.on_file = numbers
        last = numbers[-1] if numbers else None
        try:
            self.data = self.kind.clean(numbers if self.kind.many else last)  # type: ignore[attr-defined]
        except checks.Invalid as problem:
            self.data, self.problem = None, self.problem or str(problem)

    def _proofs(self) -> list[str]:
        return [proof for proof in self.posted.getlist(f"{self.name}__kept") if proof]

    def tell(self, names: dict[int, tuple[str, bool]]) -> None:
        """Take the names of the files on file, for the templates."""
        self.kept = []
        for number in self.on_file:
            name, is_image = names.get(number, ("", False))
            self.kept.append(
                {
                    "token": files.token(number),
                    "name": name,
                    "is_image": is_image and not self.kind.identity,
                    "url": url_for("FileView.show", file_id=number),
                    "small": thumbnails.address(number),
                }
            )

    def pre_validate(self, form: Any) -> None:
        """Refuse what could not be read, is missing, or does not fit its neighbours."""
        if self.problem:
            raise ValidationError(self.problem)
        if self.data in (None, "", []):
            if self.spec.required(self.door, form.given):
                raise ValidationError(required_message(self.spec))
            return
        judge = self.kind.check if self.data == self.former else self.kind.vet  # as another door
        try:
            judge(self.data, form.given)
        except checks.Invalid as problem:
            raise ValidationError(str(problem)) from None

    def options(self) -> list[tuple[str, str]]:
        """Give what a select offers, what is chosen from a long list included."""
        if self.control == "codes":
            return [(self.typed, self.kind.picked(self.typed))] if self.typed else []  # type: ignore[attr-defined]
        offered = self.chosen or self.kind.choices()
        if self.control == "select" and isinstance(self.kind, Code) and self.typed:
            known = {code for code, _label in offered}
            offered = [*offered, *(self.kind.kept(self.typed) if self.typed not in known else [])]
        return offered

    def is_chosen(self, code: str) -> bool:
        """Tell whether an option is selected."""
        return code in self.typed if isinstance(self.typed, list) else code == self.typed

    def widget(self, _field: Field, **attributes: Any) -> Markup:
        """Draw the bare control; the templates dress it."""
        return controls.draw(self, attributes)


class BaseForm(FlaskForm):
    """A form of column fields; ``values`` gives clean values by column name.

    It carries the version of its row and the project it was opened for (``core.views.pages``).
    """

    row_version = HiddenField()
    for_project = HiddenField()
    stale = False  # the row has changed since the form was opened (core.views.pages.unless_stale)
    given: dict[str, Any]  # all values together, as each field is checked beside the others

    def process(self, *given: Any, **more: Any) -> None:
        """Read every field, then the names of all their files at once."""
        super().process(*given, **more)
        for field in self.columns():
            field.holder = self
        papers = [field for field in self.columns() if field.control == "file"]
        names = files.names_of(number for field in papers for number in field.on_file)
        for field in papers:
            field.tell(names)

    def resume(self) -> None:
        """Make up for what only a check would draw, in a form filled from a draft."""

    def columns(self) -> list[ColumnField]:
        """Give the fields that stand for columns, in order."""
        return [field for field in self if isinstance(field, ColumnField)]

    def with_rows(self) -> Iterator["BaseForm"]:
        """Give the form and those of the rows beneath it."""
        yield self
        for field in self:
            for entry in field if isinstance(field, FieldList) else ():
                if isinstance(form := getattr(entry, "form", None), BaseForm):
                    yield form

    def values(self) -> dict[str, Any]:
        """Give the clean values by column name."""
        return {field.short_name: field.data for field in self.columns()}

    def keep(self, row: Any) -> None:
        """Take untouched masks for the values of a row, those of its sub-tables included."""
        for field in self:
            name = field.short_name
            if isinstance(field, ColumnField):
                field.keep(getattr(row, name, None))
            elif isinstance(field, FieldList):
                _keep_rows(field, list(getattr(row, name, None) or []))

    def masks(self, row: Any) -> int:
        """Count the fields that stand as the masks of a row's values."""
        return sum(f.is_mask_of(getattr(row, f.short_name, None)) for f in self.columns())

    def likeness(self, row: Any) -> int:
        """Count the other fields that say what a row says."""
        return sum(
            field.typed == field.kind.text(getattr(row, field.short_name, None))
            for field in self.columns()
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field; a problem of any door's check becomes the field's own error."""
        self.given = self.values()
        fine = super().validate(extra_validators)
        for field in self.columns():
            if field.problem and field.problem not in field.errors:
                field.errors = [*field.errors, field.problem]
                fine = False
        if not fine:
            self.tell(self.further(self.given))
        return fine

    def further(self, values: Mapping[str, Any]) -> Iterable[Refusal]:  # noqa: ARG002
        """Give what the service would refuse besides, so that one save tells all there is."""
        return ()

    def only(self, problem: Refusal) -> None:
        """Say one thing alone, where nothing else said of the fields can be trusted."""
        for field in self:
            field.errors = []
        self.blame(problem)

    def tell(self, problems: Iterable[Refusal]) -> bool:
        """Put problems beside fields that have none yet; give whether nothing was wrong."""
        found = [one for one in problems if not (one.field in self and self[one.field].errors)]
        for problem in found:
            self.blame(problem)
        return not found

    def blame(self, problem: Refusal) -> None:
        """Put a service's refusal beside the field it names, or on top."""
        for single in problem.problems if isinstance(problem, Refusals) else [problem]:
            field = self._fields.get(single.field)
            if field is None:
                self.form_errors.append(str(single))
            else:
                field.errors = list(dict.fromkeys([*field.errors, str(single)]))


def _listed(value: Any) -> list[int]:
    """Give the numbers of a file column, of one file or several."""
    numbers = value if isinstance(value, (list, tuple)) else [value]
    return [number for number in numbers if number]


def _keep_rows(fields: FieldList, rows: list[Any]) -> None:
    """Find for each posted row the one it was made from: rows may have been taken out between."""
    for entry in fields:
        form = getattr(entry, "form", None)
        if not isinstance(form, BaseForm):
            continue
        if found := [row for row in rows if form.masks(row)]:
            nearest = max(found, key=form.likeness)
            form.keep(nearest)
            rows.remove(nearest)


def form_class(
    model: type, names: Iterable[str], *, door: str = "form", base: type[BaseForm] = BaseForm
) -> type[BaseForm]:
    """Make the form of some columns of a model."""
    declared = specs(model)
    return extend(base, {name: declared[name] for name in names}, door=door, title=model.__name__)


def extend(
    base: type[BaseForm], columns: dict[str, ColumnSpec], *, door: str = "form", title: str = ""
) -> type[BaseForm]:
    """Make a form of column declarations, those of no model included."""
    fields = {name: _unbound(spec, door) for name, spec in columns.items()}
    return type(f"{title}Form", (base,), fields)


def _unbound(spec: ColumnSpec, door: str) -> Any:
    return ColumnField(spec, door)  # WTForms makes it an unbound field outside a form


def loose(name: str, spec_column: Any) -> ColumnSpec:
    """Give the declaration of a column that stands in no table, for a form of its own."""
    spec: ColumnSpec = spec_column.column.info["spec"]
    object.__setattr__(spec, "name", name)
    return spec
