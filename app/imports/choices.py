"""Closed lists of the imports (screens.md 14, 20)."""

from app.core.columns import N_, Choice

TONES = {
    "CHECKING": "blue", "PREVIEWED": "amber", "IMPORTING": "blue", "DONE": "green",
    "PARTLY": "amber", "FAILED": "red", "UNDONE": "grey",
}  # fmt: skip


class ImportState(Choice):
    """State of an import."""

    UPLOADED = N_("Uploaded")
    CHECKING = N_("Being checked")
    PREVIEWED = N_("Waiting for confirmation")
    IMPORTING = N_("Being imported")
    DONE = N_("Finished")
    PARTLY = N_("Partly finished")
    FAILED = N_("Failed")
    UNDONE = N_("Rolled back")

    @property
    def tone(self) -> str:
        """Give the colour a badge of this state has."""
        return TONES.get(self.name, "grey")


AT_WORK = (ImportState.CHECKING, ImportState.IMPORTING)


class Kind(Choice):
    """What an import makes of a row."""

    CREATED = N_("New")
    UPDATED = N_("Updated")
    UNCHANGED = N_("Unchanged")


class Wanted(Choice):
    """Which rows the user wants written."""

    ALL = N_("Import only when every row passes")
    GOOD = N_("Import the rows that pass")
