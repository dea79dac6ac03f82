"""What is said of a row that is taken all the same: a sentence that knows what it is about.

A form shows the sentence. A sheet names the cell as well, colours it and says the sentence in its
comment (screens.md 14, 19).
"""

from typing import Any, Self


class Notice(str):
    """A sentence and the field it is about; empty when it is about the row as a whole.

    ``corrects`` is the stay from which 人员信息更正 (8.5) is asked for to mend it, 0 the stay that
    comes with the row itself, None where nothing of the person is in question.
    """

    __slots__ = ("corrects", "field")

    field: str
    corrects: int | None

    def __new__(cls, sentence: Any, field: str = "", *, corrects: int | None = None) -> Self:
        """Make a notice of a sentence."""
        notice = super().__new__(cls, str(sentence))
        notice.field, notice.corrects = field, corrects
        return notice
