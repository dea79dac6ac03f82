"""Words of the dictionaries as sheets bring them."""

import pytest

from app.core import dictionaries
from app.core.dictionaries import Entry, Table


@pytest.fixture
def words(monkeypatch):
    entries = (
        Entry("1", "邮政储蓄（代收付）", "Postal savings (agency)"), Entry("2", "汉族", "Han"),
        Entry("3", "新会区", "Xinhui"), Entry("4", "新会县", "Xinhui county", retired=True),
    )  # fmt: skip
    table = Table("词", "Words", {entry.code: entry for entry in entries})
    monkeypatch.setattr(dictionaries, "tables", lambda: {"words": table})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("1", "1", id="a code is itself"),
        pytest.param("邮政储蓄（代收付）", "1", id="a label as it stands"),
        pytest.param("邮政储蓄(代收付)", "1", id="a label whose brackets a sheet has folded"),
        pytest.param("Postal savings (agency)", "1", id="an English label"),
        pytest.param("汉", "2", id="a label without its suffix"),
        pytest.param("新会", "3", id="of two that may be meant, the one in force"),
        pytest.param("江海", None, id="a word of no list"),
    ],
)
def test_a_word_is_found_as_people_write_it(words, text, code):
    assert dictionaries.find("words", text) == code
