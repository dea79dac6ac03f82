"""Refusals of the project domain: what is wrong and how to mend it."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core.errors import NotAllowed, Refusal
from app.projects.choices import ProjectState


class NotGeneralContractor(NotAllowed):
    """Only an approved general contractor applies for projects (screens.md 1)."""

    def __init__(self) -> None:
        super().__init__(_("Only an approved general contractor may apply for a project"))


class NameTaken(Refusal):
    """A live project of the district has the name already."""

    def __init__(self) -> None:
        super().__init__(
            _("A live project of this district has this name: add the phase or lot"), field="name"
        )


class ProjectLocked(Refusal):
    """The state of the project is not open to this act; under review nothing is."""

    def __init__(self, project: Any) -> None:
        words = gettext("“%(row)s” is %(state)s: this step is not possible now",
                        row=project.name, state=project.state.label)  # fmt: skip
        if project.state is ProjectState.SUBMITTED:
            words = gettext(
                "The project is %(state)s and cannot be edited: withdraw it first, or wait for"
                " the result of the review",
                state=project.state.label,
            )
        super().__init__(words)


class UnitLocked(Refusal):
    """The invitation has been answered or has ended, so its form stays as it is."""

    def __init__(self, unit: Any) -> None:
        super().__init__(
            gettext("“%(row)s” is %(state)s: this step is not possible now",
                    row=unit.name, state=unit.state.label)
        )  # fmt: skip


class Incomplete(Refusal):
    """The checklist of 4.4 is not full."""

    def __init__(self, missing: list[str]) -> None:
        self.missing = missing
        super().__init__(
            gettext("Not complete yet. Still missing: %(items)s", items="、".join(missing))
        )


class OutOfOrder(Refusal):
    """Two values that do not fit each other; the field names the one to mend."""


class NothingMarked(Refusal):
    """A return for changes must say which fields are wrong, and why."""

    def __init__(self) -> None:
        super().__init__(_("Mark at least one field and say at each marked one what is wrong"))


class StartReportMissing(Refusal):
    """A start before the approval needs the start report (screens.md 4.5)."""

    def __init__(self) -> None:
        super().__init__(
            _("The works began before the approval: attach the start report"), field="start_report"
        )


class AlreadyInvited(Refusal):
    """The enterprise takes part in the project already."""

    def __init__(self) -> None:
        super().__init__(
            _("This enterprise takes part in the project already: see the participating units"),
            field="credit_code",
        )


class OwnEnterprise(Refusal):
    """An enterprise cannot invite itself."""

    def __init__(self) -> None:
        super().__init__(
            _("This is your own enterprise: enter the code of the unit you invite"),
            field="credit_code",
        )


class MarksUntouched(Refusal):
    """A returned application is confirmed as it was: no marked field changed, no words given."""

    def __init__(self) -> None:
        super().__init__(
            _("Change the marked fields first, or say here why they stand as they are"),
            field="remark",
        )


class ContractTaken(Refusal):
    """A subcontract number is unique in the project."""

    def __init__(self) -> None:
        super().__init__(
            _("Another unit of this project has this subcontract no.: check the number"),
            field="contract_no",
        )


class InvitationGone(Refusal):
    """The invitation has expired."""

    def __init__(self) -> None:
        super().__init__(_("The invitation has expired: ask for a new one"))


class NotInvitee(NotAllowed):
    """Only the invited enterprise answers an invitation."""

    def __init__(self) -> None:
        super().__init__(_("Only the invited enterprise answers this invitation"))


class NotInviter(NotAllowed):
    """Only the inviting side withdraws or repeats an invitation."""

    def __init__(self) -> None:
        super().__init__(_("Only the unit that sent the invitation may do this"))


class KeyTaken(Refusal):
    """What must be unique in the city is taken by another row."""


class PermitTaken(KeyTaken):
    """Another project, or this one, has the permit number already."""

    def __init__(self) -> None:
        super().__init__(
            _("This permit no. is registered already: check the number on the permit"),
            field="permit_no",
        )


class UnitsBelow(Refusal):
    """Labour units below a unit leave before it (screens.md 5.4)."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(
            gettext("Units below this one are still on the project: let %(names)s leave first",
                    names="、".join(names[:5]))
        )  # fmt: skip


class StatementMissing(Refusal):
    """A unit with unpaid wages leaves only with a settlement statement (screens.md 5.4)."""

    def __init__(self) -> None:
        super().__init__(
            _("Wages of this unit are unpaid: attach the settlement statement"),
            field="settlement_file",
        )
