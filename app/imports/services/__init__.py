"""Verbs of the imports: take a workbook, check it, import it, mend it, take it back."""

from app.imports.services.evidence import keeps_file, may_open_file, open_file
from app.imports.services.intake import (
    MOST_MEGABYTES,
    MOST_ROWS,
    check_file,
    open_workbook,
    start_import,
)
from app.imports.services.keeping import (
    discard_import,
    drop_old_rows,
    findings_of,
    give_up,
    keeps_rows,
    kept,
    once_of,
    shows_once,
)
from app.imports.services.mending import wrong_workbook
from app.imports.services.pictures import MOST_ZIP_MEGABYTES, start_pictures
from app.imports.services.running import (
    check_import,
    confirm_import,
    run_import,
    stuck,
    undo_import,
)

__all__ = [
    "MOST_MEGABYTES",
    "MOST_ROWS",
    "MOST_ZIP_MEGABYTES",
    "check_file",
    "check_import",
    "confirm_import",
    "discard_import",
    "drop_old_rows",
    "findings_of",
    "give_up",
    "keeps_file",
    "keeps_rows",
    "kept",
    "may_open_file",
    "once_of",
    "open_file",
    "open_workbook",
    "run_import",
    "shows_once",
    "start_import",
    "start_pictures",
    "stuck",
    "undo_import",
    "wrong_workbook",
]
