"""A column is declared once: every door reads it, checks it and shows it the same way (D3)."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from types import SimpleNamespace

import pytest
from flask import g
from sqlalchemy import create_engine, pool, text
from sqlalchemy.orm import Mapped, declarative_base

from app.core import checks, clock, scope, sheets
from app.core.columns import (
    N_,
    Amount,
    BankCard,
    Choice,
    ChoiceOf,
    ChoicesOf,
    Code,
    Codes,
    CreditCode,
    Date,
    DocumentNumber,
    Documents,
    Email,
    Flag,
    Instant,
    Integer,
    LongText,
    Mobile,
    Money,
    Month,
    Number,
    Percent,
    Phone,
    Pictures,
    Point,
    Ref,
    Refs,
    RichText,
    SecretText,
    State,
    Text,
    TimeOfDay,
    column,
    due_columns,
    specs,
)
from app.core.models import Entity
from app.core.views import BaseModelView, Interface
from app.permissions import Area
from tests.factories import enterprises, projects, roster

NUMBER = "440703198504120002"
CREDIT_CODE = "91440700MA4UQGW203"
SIGNS = "<b>&\"'"


class Colour(Choice):
    """A closed list of this test."""

    RED = N_("Red")
    BLUE = N_("Blue")


# --- the proof: one line in a model, and every door has it ------------------------------------

Apart = declarative_base()  # a registry of its own: the product's tables stay what they are


class Helmet(Entity):
    """An entity of this test; ``size`` is the column that was added."""

    _sa_registry = Apart.registry
    metadata = Apart.metadata
    __scope__ = scope.shared("a table of a test", government_writes=True)
    __audited__ = False

    name: Mapped[str] = column(
        Text(20), label="名称", required_at=("form", "sheet", "api"), sheet="名称", api="helmetName"
    )
    size: Mapped[int] = column(
        Integer(50, 70, "cm"), label="头围", help="帽内一周", required_at=("form", "sheet", "api"),
        sheet="头围(cm)", api="headSize", section="尺寸",
    )  # fmt: skip
    work_type: Mapped[str] = column(
        Code("work_type"), label="工种", sheet="工种", api="workType", section="尺寸"
    )


def add_helmet(values, *, actor):
    from app.extensions import db

    row = Helmet(**values)
    db.session.add(row)
    db.session.flush()
    return row


class HelmetView(BaseModelView):
    """A screen that names no column at all."""

    datamodel = Interface(Helmet)
    route_base = "/helmets"
    class_permission_name = Area.DICTIONARIES
    list_title = add_title = "安全帽"
    base_order = ("id", "asc")
    add_service = staticmethod(add_helmet)


@pytest.fixture(scope="module")
def helmet_app(prepared_app, var):
    """A second application on the same database, with the test's table and its screen."""
    from app import create_app

    owner = create_engine(prepared_app.config["DATABASE_ADMIN_URL"], poolclass=pool.NullPool)
    with owner.begin() as connection:
        Apart.metadata.create_all(connection, tables=[Helmet.__table__])
        for statement in Helmet.__scope__.statements("helmet"):
            connection.execute(text(statement))
    second = create_app(VAR=var, TESTING=True, DEMO=False, RATELIMIT_ENABLED=False)
    second.config["WTF_CSRF_ENABLED"] = False
    with second.app_context():
        second.extensions["appbuilder"].add_view_no_menu(HelmetView)
    yield second
    from app.extensions import db

    with second.app_context():
        db.session.remove()
        db.engine.dispose()
    with owner.begin() as connection:
        connection.execute(text("drop table helmet"))


@pytest.fixture
def official(helmet_app):
    """A client of the city office on the second application; its work is undone."""
    from app.core import dictionaries
    from app.extensions import db
    from app.identity.models import Account

    with helmet_app.app_context():
        engine = db.engine
    engines = db._app_engines[helmet_app]
    with engine.connect() as connection:
        outer = connection.begin()
        with helmet_app.app_context():
            db.session.remove()
            db.session.configure(join_transaction_mode="create_savepoint")
        engines[None] = connection
        with helmet_app.app_context():
            g.principal = scope.SYSTEM
            number = enterprises.official("city_admin", district=None)
            with scope.login_scope("a test signs in"):
                epoch = db.session.query(Account.session_epoch).filter_by(id=number).scalar()
            db.session.commit()
            db.session.remove()
        client = helmet_app.test_client()
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"], session["epoch"] = str(number), True, epoch
            session["began"] = session["seen"] = int(clock.now().timestamp())
        yield client
        engines[None] = engine
        dictionaries.forget()
        outer.rollback()


def posted(client, **values):
    return client.post("/helmets/add", data={"name": "甲", "size": "56", **values})


def test_an_added_column_stands_in_the_form_with_label_help_unit_and_star(official):
    page = official.get("/helmets/add").text

    assert 'name="size"' in page
    assert all(word in page for word in ("头围", "帽内一周", "cm", 'max="70"', "尺寸"))


def test_an_added_column_is_checked_by_the_form(official):
    for wrong in ("", "71", "x", "５５.5"):
        assert 'id="size-error"' in posted(official, size=wrong).text
    assert posted(official, size="５６").status_code == 302


def test_an_added_column_stands_in_list_filter_and_export(official):
    posted(official, name="甲", size="56", work_type="020")
    posted(official, name="乙", size="60", work_type="130")

    page = official.get("/helmets/list/").text
    assert "头围" in page
    assert 'name="work_type"' in page
    found = official.get("/helmets/list/?work_type=130").text
    assert "乙" in found
    assert "甲</a>" not in found
    from io import BytesIO

    from openpyxl import load_workbook

    rows = [
        [cell.value for cell in line]
        for line in load_workbook(BytesIO(official.get("/helmets/export/").data)).active.iter_rows()
    ]
    assert rows[1] == ["名称", "头围", "工种"]
    assert rows[2][:2] == ["甲", 56]


def test_an_added_column_stands_in_the_detail_page(official):
    address = posted(official, size="58").headers["Location"]

    assert "58" in official.get(address).text


def test_an_added_column_stands_in_the_sheet_and_is_read_from_it(work):
    from io import BytesIO

    from openpyxl import load_workbook

    sheet = sheets.SheetSpec.of(Helmet, "T0", "安全帽")
    content = sheets.template(sheet, [{"名称": "甲", "头围(cm)": "５６", "工种": "钢筋工"}])
    heads = [cell.value for cell in load_workbook(BytesIO(content)).worksheets[0][1]]
    assert heads == ["★名称", "★头围(cm)", "工种"]

    row = sheets.read(sheet, content, most=9).rows[0]
    values, findings = sheets.check_row(sheet, row)
    assert (values, findings) == ({"name": "甲", "size": 56, "work_type": "020"}, [])


def test_an_added_column_stands_in_the_document_of_the_interface(work):
    from app.openapi import document
    from app.openapi.schemas import fields_of

    fields = {field.name: field for field in fields_of(Helmet)}
    assert set(fields) == {"helmetName", "headSize", "workType"}
    assert fields["headSize"].required
    lines = "\n".join(document._table(tuple(fields.values())))
    assert "| headSize |" in lines
    assert "| helmetName |" in lines


def test_the_database_takes_a_row_without_a_value_another_door_would_demand(official, helmet_app):
    from app.extensions import db

    with helmet_app.app_context():
        g.principal = scope.SYSTEM
        row = add_helmet({"name": "丙"}, actor=scope.SYSTEM)
        assert [spec.name for spec in due_columns(row)] == ["size"]
        db.session.rollback()
        db.session.remove()


# --- required_at, when, later ---------------------------------------------------------------


def declared(name, kind, **options):
    spec = column(kind, label=name, **options).column.info["spec"]
    object.__setattr__(spec, "name", name)
    return spec


@pytest.mark.parametrize("door", ["form", "sheet", "api"])
def test_a_value_is_demanded_only_at_the_doors_that_say_so(door):
    for wanted in ((), ("form",), ("form", "sheet"), ("form", "sheet", "api")):
        spec = declared("x", Text(5), required_at=wanted)
        assert spec.required(door, {}) is (door in wanted)


def test_a_condition_limits_the_demand_to_the_rows_it_is_true_for():
    spec = declared("x", Text(5), required_at="form", when=lambda values: values.get("a") == 1)

    assert spec.required("form", {"a": 1})
    assert not spec.required("form", {"a": 2})
    assert not spec.due({"a": 2})


def test_what_a_door_let_through_is_due_later():
    assert declared("x", Text(5), required_at=("form",)).due({})
    assert declared("x", Text(5), later=True).due({})
    assert not declared("x", Text(5), later=True).required("form", {})
    assert not declared("x", Text(5)).due({})


def test_what_a_worker_still_owes_is_listed(work):
    from app.roster.models import ProjectWorker

    row = ProjectWorker(id_type="01", id_number=NUMBER, name="张三", mobile="13800138000")
    owed = {spec.name for spec in due_columns(row)}

    assert {"address", "nation", "education"} <= owed
    assert not {"name", "mobile", "marital", "work_permit_no"} & owed
    row.address, row.id_type = "建设路1号", "08"
    owed = {spec.name for spec in due_columns(row)}
    assert "address" not in owed
    assert "work_permit_no" in owed
    assert "id_issuer" not in owed


def test_the_specs_of_a_model_come_in_the_order_of_their_declaration():
    assert list(specs(Helmet)) == ["name", "size", "work_type"]


# --- every semantic type ----------------------------------------------------------------------

GOOD = [
    (Text(5), " 张三 ", "张三"), (Text(5), "   ", None), (Text(5), "甲\u202e乙", "甲乙"),
    (LongText(20), " 一\n 二  ", "一\n 二"), (LongText(9), "", None),
    (LongText(9), "一\x01\t二\r\n\u3000三\u200b\ud800\x1f", "一 二\n\u3000三"),
    (Integer(1, 31), "１５", 15), (Integer(0, 9999), "1,234", 1234), (Integer(), "", None),
    (Integer(), "3.0", 3),
    (Number(5, 1), "12.5", Decimal("12.5")), (Number(5, 1), "", None),
    (Number(9, 6, low=None), "-1.5", Decimal("-1.500000")),
    (Money(), "1,234.5", Decimal("1234.50")), (Money(), 0.1, Decimal("0.10")), (Money(), "", None),
    (Amount(), "8000", Decimal("8000.0000")), (Percent(), "20", Decimal("20.00")),
    (Flag(), "是", True), (Flag(), "0", False), (Flag(), "", None), (Flag(), True, True),
    (Date(), "2026/3/1", date(2026, 3, 1)), (Date(), "20260301", date(2026, 3, 1)),
    (Date(), date(2026, 3, 1), date(2026, 3, 1)), (Date(), "", None),
    (Instant(), "2026-11-22T07:30", datetime(2026, 11, 21, 23, 30, tzinfo=UTC)),
    (Month(), "2026年3月", "2026-03"), (Month(), "2026-03-15", "2026-03"), (Month(), "", None),
    (TimeOfDay(), "7：05", time(7, 5)), (TimeOfDay(), "", None),
    (Mobile(), "138 0013 8000", "13800138000"), (Phone(), "0750-1234567", "0750-1234567"),
    (Email(), " a@example.com ", "a@example.com"),
    (DocumentNumber(), "４４０７０３19850412 0002", NUMBER), (DocumentNumber(), "", None),
    (DocumentNumber(), " k123456（7）", "K1234567"), (DocumentNumber(), "H-03/25\t1", "H03251"),
    (DocumentNumber(), "（-）", None),
    (BankCard(), "6222 0212 3456 7890 128", "6222021234567890128"), (BankCard(), "", None),
    (SecretText(9), "x", "x"), (Documents(2), [1, 2], [1, 2]), (Documents(2), [], None),
    (ChoiceOf(Colour), "RED", Colour.RED), (ChoiceOf(Colour), "Red", Colour.RED),
    (ChoiceOf(Colour), "", None),
    (ChoicesOf(Colour), ["RED", "RED", "BLUE"], ["RED", "BLUE"]),
    (ChoicesOf(Colour), "Red，Blue", ["RED", "BLUE"]), (ChoicesOf(Colour), [], None),
    (Ref("Team"), "12", 12), (Ref("Team"), "", None), (Refs("Team"), "1,2", [1, 2]),
    (Point(), "113.08，22.58", [Decimal("113.080000"), Decimal("22.580000")]),
    (Point(), "", None), (RichText(), "<p>甲</p>", "<p>甲</p>"), (RichText(), "<p> </p>", None),
]  # fmt: skip


def case(value):
    return f"{type(value[0]).__name__} {value[1]!r}"


@pytest.mark.parametrize(("kind", "raw", "value"), GOOD, ids=[case(one) for one in GOOD])
def test_a_type_reads_what_people_type(work, kind, raw, value):
    assert kind.clean(raw) == value


BAD = [
    (Text(5), "六个字的文本"), (LongText(2), "三个字"), (Integer(1, 31), "32"),
    (Integer(1, 31), "x"), (Integer(), "1.5"), (Integer(), "99999999999"), (Integer(), "NaN"),
    (Integer(), "sNaN"), (Integer(), "-Infinity"), (Documents(2), [1, 2, 3]),
    (Pictures(5), [1, 2, 3, 4, 5, 6]),
    (Number(5, 1), "1.25"), (Number(5, 1), "12345"), (Number(5, 1), "-1"), (Number(), "Infinity"),
    (Number(), "1e999999"), (Money(), "-1"), (Money(), "1.234"), (Money(), "很多"),
    (Percent(), "1000"), (Flag(), "也许"), (Date(), "2026-02-30"), (Date(), "22/11/2026"),
    (Date(), "0001-01-01"), (Date(past=True), "2199-01-01"), (Instant(), "yesterday"),
    (Instant(), "9999-12-31 23:59"), (Instant(past=True), "2199-01-01 00:00"),
    (Month(), "2026-13"), (Month(), "26-1"), (TimeOfDay(), "25:00"), (TimeOfDay(), "7h"),
    (Mobile(), "12345"), (Mobile(), "+8613800138000000"), (Email(), "a@b"),
    (CreditCode(), "91440700MA4UK0QX90"), (BankCard(), "1234"), (BankCard(), "62220212x"),
    (ChoiceOf(Colour), "GREEN"), (ChoicesOf(Colour), ["RED", "GREEN"]),
    (Ref("Team"), "1 or 1=1"), (Ref("Team"), "9" * 19), (Ref("Team"), "-1"),
    (Refs("Team"), "1,x"), (Point(), "113.08"), (Point(), "a,b"), (Point(), "1,2,3"),
    (Code("work_type"), "厨师"), (Code("work_type"), "'; drop table x"),
    (Code("id_type", only=("01",)), "08"), (Codes("work_type"), "020,厨师"),
    (RichText(), "x" * 200_001),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "raw"), BAD, ids=[case(one)[:60] for one in BAD])
def test_a_type_refuses_what_it_cannot_be_with_a_sentence(work, kind, raw):
    with pytest.raises(checks.Invalid) as problem:
        kind.clean(raw)
    assert len(str(problem.value)) > 3


@pytest.mark.parametrize(
    ("number", "values", "fine"),
    [
        (NUMBER, {"id_type": "01"}, True),
        (NUMBER, {}, True),
        ("440703198504120003", {"id_type": "01"}, False),
        ("440703209904120002", {"id_type": "01"}, False),
        ("E12345678", {"id_type": "08"}, True),
        ("E12345678", {"id_type": "01"}, False),
        ("!!", {"id_type": "08"}, False),
    ],
)
def test_a_document_number_is_checked_by_the_kind_beside_it(number, values, fine):
    kind = DocumentNumber()
    if fine:
        kind.check(number, values)
    else:
        with pytest.raises(checks.Invalid):
            kind.check(number, values)


@pytest.mark.parametrize(
    ("kind", "value", "shown", "masked"),
    [
        (DocumentNumber(), NUMBER, NUMBER, "440703********0002"),
        (Mobile(), "13800138000", "13800138000", "138****8000"),
        (BankCard(), "6222021234567890128", "6222021234567890128", "****0128"),
        (SecretText(), "秘密", "秘密", "******"),
        (Phone(), "13800138000", "13800138000", "138****8000"),
        (Phone(), "0750-3456789", "0750-3456789", "075*****6789"),
        (Phone(personal=False), "0750-3456789", "0750-3456789", "0750-3456789"),
        (Text(99), "字" * 60, "字" * 60, f'<span title="{"字" * 60}">{"字" * 40}…</span>'),
    ],
)
def test_a_type_masks_what_it_shows_whole(kind, value, shown, masked):
    assert str(kind.show(value)) == shown
    assert str(kind.mask(value)) == masked


@pytest.mark.parametrize(
    "kind",
    [Text(200), LongText(200), Phone(), Email(), SecretText(), DocumentNumber(), CreditCode()],
    ids=lambda kind: type(kind).__name__,
)
def test_what_a_type_shows_cannot_run(kind):
    for drawn in (kind.show(SIGNS), kind.mask(SIGNS), kind.mask(SIGNS * 20)):
        assert "<b>" not in str(drawn)


@pytest.mark.parametrize(
    "kind",
    [
        Text(), LongText(), Integer(), Number(), Money(), Flag(), Date(), Instant(), Month(),
        TimeOfDay(), Mobile(), DocumentNumber(), BankCard(), SecretText(), Code("work_type"),
        Codes("work_type"), ChoiceOf(Colour), ChoicesOf(Colour), Point(), RichText(),
    ],
    ids=lambda kind: type(kind).__name__,
)  # fmt: skip
def test_nothing_is_shown_as_a_dash_and_written_as_an_empty_cell(work, kind):
    assert str(kind.show(None)) == "—"
    assert kind.cell(None) == ""
    assert kind.wire(None) is None


def test_a_type_writes_its_cell_and_its_message(work):
    assert Flag().cell(True) == "是"
    assert Flag().wire(False) == 0
    assert Code("work_type").cell("020") == "钢筋工"
    assert Code("work_type").wire("020") == "020"
    assert Codes("work_type").cell(["020", "130"]) == "钢筋工,建筑电工"
    assert ChoiceOf(Colour).wire(Colour.RED) == "RED"
    assert Date().wire(date(2026, 3, 1)) == "2026-03-01"
    moment = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    assert Instant().wire(moment) == "2026-11-22 07:30:00"
    assert Instant().cell(moment).isoformat() == "2026-11-22T07:30:00"
    assert Money().cell(Decimal("1.50")) == Decimal("1.50")
    assert Mobile().cell("13800138000") == "138****8000"
    assert Phone().cell("0750-3456789") == "075*****6789"
    assert Phone(personal=False).cell("0750-3456789") == "0750-3456789"
    assert Phone().cell(None) == ""
    assert DocumentNumber().cell(NUMBER) == "440703********0002"
    assert RichText().cell("<p>甲</p><p>乙</p>") == "甲 乙"


def test_a_state_is_drawn_as_colour_and_word():
    assert str(State(Colour).show(Colour.RED)) == '<span class="badge grey">Red</span>'


def test_an_encrypted_type_offers_equality_through_its_hash_and_nothing_else(work):
    from app.roster.models import ProjectWorker

    clause = DocumentNumber().where(ProjectWorker.id_number, " ４４０７０３198504120002")

    assert "id_number_hash = " in str(clause)
    assert NUMBER not in str(clause.compile(compile_kwargs={"literal_binds": True}))


@pytest.mark.parametrize("raw", ["%", "_", "' or 1=1 --", "\\"])
def test_a_text_filter_takes_signs_for_signs(work, raw):
    from app.extensions import db
    from app.projects.models import Project

    clause = Text().where(Project.name, raw)
    assert db.session.query(Project).filter(clause).count() == 0


@pytest.mark.parametrize(
    ("raw", "count"),
    [("2026-03-01..2026-03-31", 1), ("..2026-02-28", 0), ("2026-03-15..", 1), ("2026-03-15", 1),
     ("2026-03-16..", 0)],
)  # fmt: skip
def test_a_range_of_days_has_both_ends(work, raw, count):
    from app.extensions import db
    from app.roster.models import ProjectWorker
    from tests.factories import projects, roster

    site = projects.project(enterprises.enterprise())
    team = roster.team(projects.general_contractor_unit(site))
    roster.worker(team, entry_on=date(2026, 3, 15))

    clause = Date().where(ProjectWorker.entry_on, raw)
    assert db.session.query(ProjectWorker).filter(clause).count() == count


def test_an_encrypted_column_is_unreadable_in_the_database_and_found_by_its_hash(work):
    from app.extensions import db
    from app.roster.models import ProjectWorker
    from tests.factories import projects, roster

    site = projects.project(enterprises.enterprise())
    row = roster.worker(roster.team(projects.general_contractor_unit(site)), id_number=NUMBER)

    stored = db.session.execute(
        text("select id_number from project_worker where id = :id"), {"id": row.id}
    ).scalar_one()
    assert NUMBER not in stored
    clause = DocumentNumber().where(ProjectWorker.id_number, NUMBER)
    assert db.session.query(ProjectWorker.id).filter(clause).scalar() == row.id


def test_a_document_is_found_and_known_again_however_it_is_written(work):
    firm = enterprises.enterprise(
        legal_person_id_type="03", legal_person_id_number=DocumentNumber().clean("K123456(7)")
    )
    on_site = roster.worker(
        roster.team(projects.general_contractor_unit(projects.project(firm))), id_type="03",
        id_number=checks.document_number("03", "K123456(7)", date(2026, 11, 22)),
    )  # fmt: skip

    assert firm.legal_person_id_number_hash == on_site.id_number_hash
    for typed in ("K1234567", "k123456(7)", "Ｋ-1234567"):
        clause = DocumentNumber().where(type(on_site).id_number, typed)
        assert work.query(type(on_site).id).filter(clause).scalar() == on_site.id


def test_a_row_gives_its_value_shown_and_masked():
    spec = declared("mobile", Mobile())
    row = SimpleNamespace(mobile="13800138000")

    assert (str(spec.shown(row)), str(spec.masked(row))) == ("13800138000", "138****8000")


@pytest.mark.parametrize("stars", ["*", "＊"], ids=["plain", "full width"])
@pytest.mark.parametrize(
    "kind", [Phone(), Mobile(), DocumentNumber(), BankCard(), SecretText()], ids=repr
)
def test_a_number_typed_over_its_mask_is_refused_with_the_mend(work, kind, stars):
    with pytest.raises(checks.Invalid, match="星号"):
        kind.read(f"0750{stars * 5}4567")


def test_an_asterisk_in_a_text_that_is_never_masked_is_a_letter_like_any_other(work):
    assert Phone(personal=False).read("0750-3331234*8001") == "0750-3331234*8001"
    assert Text(50).read("一标段*") == "一标段*"


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        (CreditCode(), f"\u3000 {CREDIT_CODE.lower()} ", CREDIT_CODE),
        (Mobile(), "　138 0013 8000 ", "13800138000"),
        (Phone(), " （０７５０）３３３１２３４ 转 ８００１ ", "(0750)3331234 转 8001"),
        (DocumentNumber(), f"	{' '.join(NUMBER)}", NUMBER),
        (BankCard(), " 6222 0212 3456 7890 123 ", "6222021234567890123"),
    ],
    ids=["credit code", "mobile", "telephone", "document", "card"],
)
def test_blanks_pasted_around_a_number_fit_its_box_and_are_taken_off(work, kind, typed, stored):
    assert len(typed) <= kind.attributes()["maxlength"]
    assert kind.read(typed) == stored


@pytest.mark.parametrize(
    ("table", "typed", "stored"),
    [
        ("nation", "汉族", "01"), ("nation", "汉", "01"), ("nation", "维吾尔族", "05"),
        ("gender", "男性", "0"), ("district", "新会", "440705"), ("region", "广东", "440000"),
    ],
)  # fmt: skip
def test_an_entry_is_known_by_the_forms_people_write(work, table, typed, stored):
    assert Code(table).read(typed) == stored


def test_a_short_form_that_two_entries_have_is_refused_and_both_are_named(work):
    with pytest.raises(checks.Invalid, match=r"西安市") as refusal:
        Code("region").read("西安")
    assert "西安区" in str(refusal.value)


def test_a_word_no_list_has_is_answered_with_the_nearest_or_with_where_the_list_stands(work):
    with pytest.raises(checks.Invalid, match=r"是否.*维吾尔"):
        Code("nation").read("维吾而")
    with pytest.raises(checks.Invalid, match=r"下拉列表"):
        Code("nation").read("火星人")
