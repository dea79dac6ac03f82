"""What every answer of the program has in common: the pages of its errors."""

from sqlalchemy.orm.exc import StaleDataError


def test_a_row_saved_by_somebody_else_meanwhile_is_told_and_is_no_failure(app):
    with app.test_request_context("/"):
        answer = app.make_response(app.handle_user_exception(StaleDataError("0 of 1 rows matched")))

    assert answer.status_code == 409
    assert "刷新" in answer.get_data(as_text=True)
