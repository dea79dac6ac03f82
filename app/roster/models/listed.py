"""What the list of workers is looked through by over the whole city (screens.md 8.2)."""

from sqlalchemy import Index, text

# what few rows are and the list is filtered by, written as the filters write it
WAITING = {
    "incomplete": "incomplete is true",
    "conflicted": "conflicted is true",
    "without_contract": "has_contract is false",
    "without_card": "bank_card_no_hash is null",
    "untrained": "training_on is null",
}
ORDER = ("entry_on", "id")


def indexes_of_the_list() -> tuple[Index, ...]:
    """Give the indexes of the list's order and of its filters; within a project others serve."""
    waiting = (
        Index(
            f"ix_project_worker_{name}", *ORDER,
            postgresql_where=text(f"{condition} and not is_deleted"),
        )
        for name, condition in WAITING.items()
    )  # fmt: skip
    return (
        Index(None, *ORDER),
        Index(None, "state", *ORDER),
        Index(None, "work_type", *ORDER),
        Index(None, "birth_on"),
        # a name is looked for anywhere within: all of this is read instead of the table, and the
        # policy of officials is asked once, as what the index is entered by, not of each row
        Index(
            "ix_project_worker_sought", "district_code", "name",
            postgresql_include=("former_names", "worker_no", "is_deleted", *ORDER),
        ),
        *waiting,
    )  # fmt: skip
