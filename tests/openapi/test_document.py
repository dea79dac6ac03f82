"""A column with a name on the wire stands in schema and document by itself (decision D3)."""

from dataclasses import replace

from app.core.columns import Code, Date, Picture, Text, column, specs
from app.openapi import document
from app.openapi.methods import METHODS
from app.openapi.schemas import field_of
from app.openapi.wire import Kind
from app.roster.models import ProjectWorker, Team


def spec(kind, **options):
    declared = column(kind, label="标签", api="newField", **options)
    return declared.column.info["spec"]


def test_a_field_is_read_from_its_column():
    text = field_of(spec(Text(40), required_at=("form", "api")))
    assert (text.name, text.kind, text.max_length, text.required) == (
        "newField", Kind.TEXT, 40, True,
    )  # fmt: skip
    assert field_of(spec(Date, required_at=("form",))).required is False
    assert field_of(spec(Picture)).kind is Kind.IMAGE
    code = field_of(spec(Code("bank")))
    assert (code.kind, code.dictionary) == (Kind.CODE, "bank_code")


def test_every_named_column_of_a_worker_is_taken_and_told(work):
    items = METHODS["ProjectWorker.Add"].schema[-1].items
    names = {field.name for field in items}
    wanted = {one.api for one in specs(ProjectWorker).values() if one.api}
    assert wanted - names == {"entryTime", "exitTime"}, "those come with entry and exit"
    text = document.markdown("/open.api")
    assert all(f"·{name} |" in text for name in names)


def test_numbers_of_persons_and_cards_travel_encrypted():
    for method in METHODS.values():
        for field in flat(method.schema) + flat(method.reply):
            if field.name.endswith(("IDNumber", "idCardNumber", "BankCardNumber")):
                assert field.sensitive, f"{method.name} {field.name}"


def test_every_field_of_every_method_is_explained(work):
    known = document.words()
    silent = {
        f"{method.name} {field.name}"
        for method in METHODS.values() for field in flat(method.schema) + flat(method.reply)
        if not known.get(field.name)
    }  # fmt: skip
    assert silent == set()


def flat(schema):
    return [one for field in schema for one in (field, *flat(field.items))]


def test_the_document_follows_a_changed_schema(work, monkeypatch):
    team = METHODS["Team.Add"]
    extra = field_of(replace(specs(Team)["remark"], api="newField"))
    monkeypatch.setitem(METHODS, "Team.Add", replace(team, schema=(*team.schema, extra)))
    assert "| newField | 文本 | 200 |" in document.markdown("/open.api")


def test_the_command_prints_the_document(app):
    result = app.test_cli_runner().invoke(args=["openapi", "document"])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("# 江门市建设工程用工实名信息化监管系统 开放数据接口文档")
