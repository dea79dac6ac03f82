"""What every answer of the program has in common: the pages of its errors."""

import pytest
from sqlalchemy.orm.exc import StaleDataError


def test_a_row_saved_by_somebody_else_meanwhile_is_told_and_is_no_failure(app):
    with app.test_request_context("/"):
        answer = app.make_response(app.handle_user_exception(StaleDataError("0 of 1 rows matched")))

    assert answer.status_code == 409
    assert "刷新" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("method", "address", "form"),
    [
        ("get", "/login/?next=%00", None),
        ("get", "/workerview/list/?keyword=a%00b", None),
        ("post", "/login/", {"username": "a\x00b", "password": "x"}),
        ("post", "/registration/", {"na\x00me": "x"}),
    ],
)
def test_characters_the_database_cannot_store_are_refused_before_anything_reads_them(
    client, method, address, form
):
    answer = getattr(client, method)(address, **({"data": form} if form else {}))

    assert answer.status_code == 400
    assert "无法保存的字符" in answer.get_data(as_text=True)
