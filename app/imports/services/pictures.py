"""Pictures in a zip, named by document number: matched, checked, hung to their rows (14)."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from io import BytesIO
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.core import checks, files, scope, settings, uploads
from app.core.columns.base import specs
from app.core.errors import Refusal, Refusals
from app.core.sheets import Finding, SheetUnreadable
from app.extensions import db
from app.imports.choices import Kind, Wanted
from app.imports.errors import Depended
from app.imports.models import ImportJob
from app.imports.preview import Planned, Preview
from app.imports.services import intake, keeping
from app.imports.states import IMPORT_FLOW
from app.imports.templates import Effect, Taken, Template, template_of
from app.projects.models import Project

MOST_ZIP_MEGABYTES = settings.declare(
    "imports.max_zip_megabytes", 100, label=_("Size of one zip of pictures (MB)"), low=1, high=200
)
MOST_FILES = 10_000
TIMES_INFLATED = 4  # of the size a zip may have
ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz")
TOLD_EVERY = 5  # pictures
Told = Callable[[int], None] | None


class PictureRefused(Refusal):
    """One file of the zip cannot be taken."""


@dataclass
class Hung:
    """A picture that passed, and where it belongs."""

    number: int
    name: str
    owner: int
    column: str
    file: int


def start_pictures(
    code: str, project: Project, stream: Any, filename: str, *, actor: scope.Principal
) -> ImportJob:
    """Take a zip of pictures into a project; SheetUnreadable says what is wrong with it."""
    most = settings.get(MOST_ZIP_MEGABYTES) * intake.MEGABYTE
    content = stream.read(most + 1)
    try:
        if len(content) > most:
            raise uploads.FileTooLarge(_("Zip of pictures"), None, most)
        archive = _opened(BytesIO(content))
    except uploads.UploadError as problem:
        raise SheetUnreadable(str(problem)) from None
    if not archive.members:
        raise SheetUnreadable(gettext("The zip holds no file"))
    unit_id, digest = intake.own_unit(project, actor), hashlib.sha256(content).hexdigest()
    hints = intake.same_file(project, unit_id, digest)
    name = filename.replace("\\", "/").rpartition("/")[2][:100] or "pictures.zip"
    clean = uploads.CleanFile(content, "application/zip", "zip", name, digest)
    job = ImportJob(
        project_id=project.id, unit_id=unit_id, template=code, filename=name, digest=digest,
        total=len(archive.members), pictures=True,
    )  # fmt: skip
    db.session.add(job)
    db.session.flush()
    keeping.keep(job, {"rows": [], "letters": {}, "hints": hints, "zip": files.keep(clean)}, None)
    IMPORT_FLOW.fire("check", job, actor=scope.SYSTEM)
    return job


def _opened(stream: Any) -> uploads.Archive:
    most = settings.get(MOST_ZIP_MEGABYTES) * intake.MEGABYTE
    return uploads.Archive(stream, most_files=MOST_FILES, most_bytes=most * TIMES_INFLATED)


def go_through(
    job: ImportJob, actor: scope.Principal, told: Told, *, write: bool
) -> tuple[Preview, dict[int, Taken]]:
    """Match and check every picture, or hang those that passed to their rows."""
    with scope.act_as(replace(actor, door=scope.Door.SHEET)) as porter:
        return _hang(job, porter, told) if write else (_check(job, told), {})


def _check(job: ImportJob, told: Told) -> Preview:
    template, project, read = template_of(job.template), keeping.project_of(job), keeping.kept(job)
    preview, hung = Preview(total=job.total), []
    with files.open_own(read["zip"]) as stream:
        archive = _opened(stream)
        named = list(_named(template, archive.members, preview))
        rows = template.owners(project, {number for _n, _m, number, _c in named})
        for place, (at, member, number, column) in enumerate(named):
            if told is not None and place % TOLD_EVERY == 0:
                told(place)
            try:
                row = _owner(rows.get(number, ()), number)
                clean, kind = _inspected(archive, member, row, column)
                said = f"{row.name} · {specs(type(row))[column].label} · {member.name}"
                preview.plan[at] = Planned(kind.name, said)
                file = getattr(row, column) if kind is Kind.UNCHANGED else files.keep(clean)
                hung.append(Hung(at, member.name, row.id, column, file))
            except (Refusal, uploads.UploadError) as problem:
                preview.findings.append(_wrong(at, member, str(problem), type_of(template, column)))
    read["files"] = [asdict(one) for one in hung]
    keeping.sheet_row(job).rows = keeping.pack_read(read)
    return preview


def _named(
    template: Template, members: Sequence[uploads.Member], preview: Preview
) -> Iterator[tuple[int, uploads.Member, str, str]]:
    """Read whose and which picture a file is by its name; say what cannot be read."""
    seen: dict[tuple[str, str], str] = {}
    for at, member in enumerate(members, start=1):
        try:
            number, column = _read_name(template, member.name)
        except PictureRefused as problem:
            preview.findings.append(_wrong(at, member, str(problem)))
            continue
        if first := seen.get((number, column)):
            again = gettext(
                "The same picture of this person is there as “%(name)s”: leave one out", name=first
            )
            preview.findings.append(_wrong(at, member, again))
            continue
        seen[number, column] = member.name
        yield at, member, number, column


def _read_name(template: Template, name: str) -> tuple[str, str]:
    if name.lower().endswith(ARCHIVES):
        raise PictureRefused(gettext("An archive within the archive is not opened"))
    stem = name.rpartition(".")[0] or name
    number, mark, ending = stem.replace("＿", "_").rpartition("_")
    number, column = checks.document_text(number), template.pictures.get(ending.strip(), "")
    if not mark or not column or not any(sign.isdigit() for sign in number):
        raise PictureRefused(
            gettext(
                "The name must be the document number, “_” and one of %(words)s, such as %(one)s",
                words="、".join(template.pictures),
                one=f"440703198504120002_{next(iter(template.pictures))}.jpg",
            )
        )
    return number, column


def _owner(rows: Sequence[Any], number: str) -> Any:
    if not rows:
        raise PictureRefused(
            gettext("Nobody with the number %(number)s is now on the roster of this project (who"
                    " has left takes no more pictures): register him first, or correct the name of"
                    " the file",
                    number=checks.mask_identity(number))
        )  # fmt: skip
    if len(rows) > 1:
        raise PictureRefused(gettext("Several persons have this number: add it on the page"))
    return rows[0]


def _inspected(
    archive: uploads.Archive, member: uploads.Member, row: Any, column: str
) -> tuple[uploads.CleanFile, Kind]:
    """Check a picture as the form's upload is checked; tell whether it is another one."""
    kind: Any = specs(type(row))[column].kind
    content = BytesIO(archive.read(member, kind.rule.max_bytes))
    clean = uploads.inspect(content, member.name, kind.rule)
    held = getattr(row, column)
    if not held:
        return clean, Kind.CREATED
    same = db.session.scalar(select(files.StoredFile.sha256).filter_by(id=held)) == clean.sha256
    return clean, Kind.UNCHANGED if same else Kind.UPDATED


def type_of(template: Template, column: str) -> str:
    """Give the word of a file name that stands for a column."""
    return next((word for word, name in template.pictures.items() if name == column), "")


def _wrong(at: int, member: uploads.Member, sentence: str, word: str = "") -> Finding:
    return Finding(at, word, member.name[:60], sentence)


def _hang(job: ImportJob, actor: scope.Principal, told: Told) -> tuple[Preview, dict[int, Taken]]:
    """Hang the checked pictures to their rows, each row's together, through its form's service."""
    found = keeping.findings_of(job)
    hung = [Hung(**one) for one in keeping.kept(job)["files"]]
    hanging = Hanging(
        template_of(job.template), keeping.project_of(job), actor,
        {number: Kind[kind] for number, kind, _name in found["plan"]},
        set(files.names_of([one.file for one in hung])),
    )  # fmt: skip
    names = ("row", "column", "value", "message", "level", "corrects")
    preview = Preview(
        total=job.total,
        findings=[Finding(*(one[name] for name in names)) for one in found["problems"]],
    )
    taken: dict[int, Taken] = {}
    with db.session.begin_nested() as whole:
        for place, group in enumerate(_by_owner(hung)):
            if told is not None and place % TOLD_EVERY == 0:
                told(place)
            try:
                taken |= hanging.hang(group)
            except Refusal as problem:
                words = _in_words(problem)
                preview.findings += [Finding(one.number, "", one.name, words) for one in group]
        if job.wanted is Wanted.ALL and preview.failed:
            whole.rollback()
            taken = {}
    preview.plan = {
        number: Planned(kind, name) for number, kind, name in found["plan"] if number in taken
    }
    return preview, taken


def _by_owner(hung: Iterable[Hung]) -> list[list[Hung]]:
    groups: dict[int, list[Hung]] = {}
    for one in hung:
        groups.setdefault(one.owner, []).append(one)
    return list(groups.values())


@dataclass
class Hanging:
    """What is needed to hang pictures to the rows of one project."""

    template: Template
    project: Project
    actor: scope.Principal
    kinds: Mapping[int, Kind]
    there: set[int]

    def hang(self, group: Sequence[Hung]) -> dict[int, Taken]:
        """Hang the pictures of one row to it, all or none."""
        row = self._row(group[0].owner)
        fresh = [one for one in group if self.kinds[one.number] is not Kind.UNCHANGED]
        if any(one.file not in self.there for one in fresh):
            raise PictureRefused(gettext("Kept for a day only: upload the zip again"))
        was = {one.number: getattr(row, one.column) for one in group}
        if fresh:
            with db.session.begin_nested():
                values = {one.column: one.file for one in fresh}
                self.template.attach(row, values, actor=self.actor)
        return {
            one.number: Taken(
                row, self.kinds[one.number], {one.column: [was[one.number], one.file]}
            )
            for one in group
        }

    def _row(self, owner: int) -> Any:
        found = self.template.owners(self.project, ids=(owner,))
        row = next((one for rows in found.values() for one in rows), None)
        if row is None:
            raise PictureRefused(gettext("This person is no longer on the roster of this project"))
        return row


def _in_words(problem: Refusal) -> str:
    singles = problem.problems if isinstance(problem, Refusals) else [problem]
    return "；".join(str(single) for single in singles)


def dependants(effects: Sequence[Effect]) -> list[str]:
    """Name the pictures that were replaced, or whose row is gone, since they were hung."""
    return [
        gettext("File %(number)s of “%(row)s” was replaced or removed since",
                number=one.number, row=str(one.row))
        for one in effects
        if one.row.is_deleted
        or any(getattr(one.row, column) != now for column, (_was, now) in one.before.items())
    ]  # fmt: skip


def undo(template: Template, effects: Sequence[Effect], *, actor: scope.Principal) -> None:
    """Give each row the pictures back that it had."""
    rows: dict[int, tuple[Any, dict[str, Any]]] = {}
    for one in effects:
        values = rows.setdefault(one.row.id, (one.row, {}))[1]
        values |= {column: was for column, (was, _now) in one.before.items()}
    for row, values in rows.values():
        template.attach(row, values, actor=actor)


def refuse_depended(effects: Sequence[Effect]) -> None:
    """Refuse while a picture is no longer the one that was hung."""
    if sentences := dependants(effects):
        raise Depended(sentences)
