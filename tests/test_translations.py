"""The catalogues are whole and have Chinese punctuation (guides/design.md, Words)."""

import csv
import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"
HALF = re.compile(rf"(?<={HAN})[,:;()?!]|[,:;()?!](?={HAN})")
REMARK = re.compile(r"\{#.*?#\}", re.DOTALL)


def half_width(text: str) -> list[str]:
    """Give every half-width mark beside a Chinese character, with its neighbours."""
    return [text[max(m.start() - 8, 0) : m.end() + 8] for m in HALF.finditer(text)]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("密码错误:请输入", True), ("可选,不填", True), ("编号(appid)", True), ("确定吗?", True),
        ("密码错误：请输入", False), ("编号（appid）", False), ("如 113.08, 22.58", False),
        ("截至10:30", False),
    ],
)  # fmt: skip
def test_a_half_width_mark_is_found_beside_chinese_only(text, wrong):
    assert bool(half_width(text)) is wrong


def test_the_chinese_catalogue_has_chinese_punctuation():
    with (ROOT / "translations/zh/LC_MESSAGES/messages.po").open("rb") as lines:
        catalogue = read_po(lines, locale="zh")

    wrong = {str(m.string): found for m in catalogue if (found := half_width(str(m.string)))}

    assert wrong == {}


@pytest.mark.parametrize(
    "terms", sorted(ROOT.glob("translations/terms/*.csv")), ids=lambda p: p.stem
)
def test_terms_have_chinese_punctuation(terms):
    with terms.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))

    assert [row["zh"] for row in rows if half_width(row["zh"])] == []


def test_templates_have_chinese_punctuation():
    texts = {
        path.relative_to(ROOT): REMARK.sub("", path.read_text(encoding="utf-8"))
        for path in ROOT.glob("app/templates/**/*.html")
    }

    assert {path: found for path, text in texts.items() if (found := half_width(text))} == {}


def test_messages_in_formatted_strings_and_in_other_calls_are_known():
    found = spec_from_file_location("translate", ROOT / "tools/translate.py")
    tool = module_from_spec(found)
    found.loader.exec_module(tool)

    # the first stands in a formatted string, the second in another call, the third leaves a scope
    assert {"errors", "Other record", "rules compare facts of the whole city"} <= tool.extract()
    assert tool.problems() == []
