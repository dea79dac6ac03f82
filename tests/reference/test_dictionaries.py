"""The city keeps its own lists; everybody sees the change, nobody loses an old code."""

import re
from datetime import timedelta

import pytest
from sqlalchemy.exc import ProgrammingError

from app.core import clock, dictionaries, scope
from app.core.errors import NotAllowed
from app.extensions import db
from app.identity import principals
from app.identity.models import Account
from app.reference import services
from app.reference.errors import CodeMalformed, CodeTaken, LabelTaken, ListIsFixed, NoSuchList
from app.reference.models import DictionaryEntry
from tests.factories import enterprises


def principal(user_id):
    with scope.login_scope("test"):
        return principals.principal_of(db.session.get(Account, user_id))


@pytest.fixture
def city(work):
    actor = principal(enterprises.official("city_admin", district=None))
    with scope.act_as(actor):
        yield actor


def entry(table="exit_reason", **facts):
    return db.session.query(DictionaryEntry).filter_by(table_name=table, **facts).first()


def added(actor, **values):
    return services.add_code(
        "exit_reason", {"code": "90", "label_zh": "参军", **values}, actor=actor
    )


def test_a_new_code_is_offered_last_after_the_commit(city):
    assert "90" not in dictionaries.codes("exit_reason")
    added(city)
    db.session.commit()

    assert dictionaries.options("exit_reason")[-1] == ("90", "参军")
    assert dictionaries.find("exit_reason", "参军") == "90"


def test_a_new_label_is_shown_at_once(city):
    row = entry()
    services.relabel_code(row, {"label_zh": "新名称"}, actor=city)
    db.session.commit()

    assert dictionaries.label("exit_reason", row.code) == "新名称"


def test_a_retired_code_is_shown_and_no_longer_offered(city):
    row = entry()
    services.retire_code(row, actor=city)
    db.session.commit()

    assert row.code not in dict(dictionaries.options("exit_reason"))
    assert dictionaries.label("exit_reason", row.code) == row.label_zh

    services.restore_code(row, actor=city)
    db.session.commit()
    assert row.code in dict(dictionaries.options("exit_reason"))


def test_a_code_ends_with_its_last_day(city):
    row = entry()
    services.relabel_code(row, {"valid_to": clock.today()}, actor=city)
    db.session.commit()
    assert row.code in dict(dictionaries.options("exit_reason"))

    services.relabel_code(row, {"valid_to": clock.today() - timedelta(days=1)}, actor=city)
    db.session.commit()
    assert row.code not in dict(dictionaries.options("exit_reason"))


def test_a_change_that_is_undone_is_not_shown(city):
    row = entry()
    before = row.label_zh
    services.relabel_code(row, {"label_zh": "新名称"}, actor=city)
    db.session.rollback()

    assert dictionaries.label("exit_reason", row.code) == before


def test_a_code_and_a_label_stand_once_in_a_list(city):
    present = entry()

    with pytest.raises(CodeTaken):
        added(city, code=present.code)
    with pytest.raises(LabelTaken):
        added(city, label_zh=present.label_zh)


@pytest.mark.parametrize("code", ["x y", "9'", "a<b", "编码", "a/b"])
def test_a_code_holds_letters_digits_and_three_signs_alone(city, code):
    with pytest.raises(CodeMalformed):
        added(city, code=code)
    added(city, code="A-9_b.1")


def test_a_fixed_list_stays_as_it_is(city):
    with pytest.raises(ListIsFixed):
        services.add_code("gender", {"code": "9", "label_zh": "x"}, actor=city)
    with pytest.raises(ListIsFixed):
        services.relabel_code(entry("gender"), {"label_zh": "x"}, actor=city)
    with pytest.raises(ListIsFixed):
        services.retire_code(entry("gender"), actor=city)


def test_a_list_that_does_not_exist_takes_nothing(city):
    with pytest.raises(NoSuchList):
        services.add_code("nothing", {"code": "9", "label_zh": "x"}, actor=city)


@pytest.mark.parametrize("role", ["district_reviewer", "inspector"])
def test_other_officials_change_nothing(work, role):
    actor = principal(enterprises.official(role))
    with scope.act_as(actor), pytest.raises(NotAllowed):
        added(actor)


def test_a_contractor_changes_nothing_by_raw_sql(work):
    actor = principal(enterprises.admin(enterprises.enterprise()))
    with scope.act_as(actor), pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(db.text("update dictionary_entry set label_zh = 'x'"))


@pytest.fixture
def admin(system, signed_in):
    with system():
        number = enterprises.official("city_admin", district=None)
    return signed_in(number)


def test_the_city_adds_renames_and_retires_on_the_screen(admin, system):
    form = {"code": "90", "label_zh": "参军", "label_en": "Army"}
    assert admin.post("/dictionaries/add?table=exit_reason", data=form).status_code == 302
    with system():
        number = entry(code="90").id

    edited = {"label_zh": "应征入伍", "row_version": "1"}
    assert admin.post(f"/dictionaries/edit/{number}", data=edited).status_code == 302
    admin.post(f"/dictionaries/retire/{number}")
    with system():
        row = entry(code="90")
        assert (row.label_zh, row.offered) == ("应征入伍", False)
    assert "应征入伍" in admin.get("/dictionaries/list/?table=exit_reason").text


def test_a_fixed_list_is_shown_without_buttons(admin):
    page = admin.get("/dictionaries/list/?table=gender").text

    assert "/dictionaries/edit/" not in page
    assert "/dictionaries/add" not in page
    assert admin.get("/dictionaries/add?table=gender").status_code == 404
    assert admin.get("/dictionaries/add").status_code == 404


def test_the_form_of_a_fixed_code_says_that_it_is_closed_and_of_no_other_hand(admin, system):
    with system():
        row = entry("gender")
        number, word = row.id, row.label_zh
    page = admin.get(f"/dictionaries/edit/{number}")

    assert page.status_code == 409
    assert f"“{word}”当前状态不可修改" in page.text
    assert "数据已被他人修改" not in page.text


def test_a_wrong_date_in_a_filter_is_told(admin):
    wrong = admin.get("/auditview/list/?at__from=2026-13-45").text
    right = admin.get("/auditview/list/?at__from=2026-11-01&keyword=2026-13-45").text

    assert "2026-13-45”无法识别" in wrong
    assert "无法识别" not in right


def test_the_list_links_by_the_chinese_word_and_says_who_keeps_it(admin, system):
    with system():
        number = entry().id
    kept = admin.get("/dictionaries/list/?table=exit_reason").text.split("<tbody>")[1]
    fixed = admin.get("/dictionaries/list/?table=gender").text.split("<tbody>")[1]
    shown = admin.get(f"/dictionaries/show/{number}").text.split("<main")[1]

    assert re.search(r'href="/dictionaries/show/\d+">完工</a>', kept)
    assert "市级维护" in kept
    assert "系统固定" in fixed
    assert "退场原因" in shown
    assert "exit_reason" not in shown


def test_there_is_no_way_to_delete_a_code(admin, system):
    with system():
        number = entry().id

    assert admin.post(f"/dictionaries/delete/{number}").status_code == 404


def test_who_may_only_read_has_no_buttons_and_no_routes(system, signed_in):
    with system():
        reader = signed_in(enterprises.official("sys_admin", district=None))
        number = entry().id

    assert "/dictionaries/edit/" not in reader.get("/dictionaries/list/?table=exit_reason").text
    assert reader.post(f"/dictionaries/retire/{number}").status_code in (302, 403)


def test_contractors_do_not_see_the_screen(system, signed_in):
    with system():
        contractor = signed_in(enterprises.admin(enterprises.enterprise()))

    assert contractor.get("/dictionaries/list/").status_code in (302, 403)


def test_a_wrong_code_is_named_beside_its_field(admin):
    page = admin.post("/dictionaries/add?table=exit_reason", data={"code": "", "label_zh": "x"})

    assert 'id="code-error"' in page.text


def test_the_list_is_read_in_few_statements(admin):
    from sqlalchemy import Engine, event

    sent = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.lower().lstrip().startswith(("set ", "savepoint", "release", "rollback")):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        admin.get("/dictionaries/list/?table=work_type&size=100")
    finally:
        event.remove(Engine, "before_cursor_execute", note)

    assert 0 < len(sent) <= 15, sent


def offered(browser, typed):
    found = browser.get("/dictionary/region", query_string={"q": typed}).get_json()
    return [one["text"] for one in found["results"]]


def test_a_region_stands_below_its_province_and_city_the_own_ones_first(admin):
    same = offered(admin, "鼓楼区")

    assert len(same) == len(set(same)) == 4
    assert "江苏省南京市鼓楼区" in same
    assert offered(admin, "")[0] == "广东省江门市"
    assert offered(admin, "福建 鼓楼") == ["福建省福州市鼓楼区"]
    assert offered(admin, "110101") == ["北京市东城区"]
    assert offered(admin, "城区")[0].startswith("广东省")


def test_a_region_once_chosen_is_named_with_its_city_in_the_form(admin):
    page = admin.get("/enterprises/list/?region_code=320106").get_data(as_text=True)

    assert ">江苏省南京市鼓楼区</option>" in page
