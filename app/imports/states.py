"""Every legal move of an import (screens.md 20)."""

from app.core.columns import N_
from app.core.states import StateMachine, Transition
from app.core.words import add_verbs
from app.imports.choices import ImportState as S
from app.permissions import Area

add_verbs({
    "check": N_("Check the rows"), "preview": N_("Show the preview"), "import": N_("Import"),
    "finish": N_("Import all rows"), "finish_partly": N_("Import the rows that pass"),
    "fail": N_("Break off"), "discard": N_("Discard"), "undo": N_("Take the import back"),
})  # fmt: skip

IMPORT_FLOW = StateMachine(
    Area.IMPORTS,
    Transition("check", S.UPLOADED, S.CHECKING, system=True),
    Transition("preview", S.CHECKING, S.PREVIEWED, system=True),
    Transition("import", S.PREVIEWED, S.IMPORTING, permission="write"),
    Transition("finish", S.IMPORTING, S.DONE, system=True),
    Transition("finish_partly", S.IMPORTING, S.PARTLY, system=True),
    # beside section 20 (docs/adr/0006): who uploaded it may throw it away before it wrote anything
    Transition("discard", S.PREVIEWED, S.FAILED, permission="write"),
    Transition("fail", (S.CHECKING, S.PREVIEWED, S.IMPORTING), S.FAILED, system=True),
    Transition("undo", (S.DONE, S.PARTLY), S.UNDONE, remark_required=True, permission="write"),
)
