"""A schedule is read in words where it is a common one, and as it stands where it is not."""

import pytest
from flask_babel import force_locale

from app.approvals import times


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("0 2 * * *", "每天 02:00"),
        ("20 13 * * *", "每天 13:20"),
        ("5 * * * *", "每小时第05分"),
        ("*/10 * * * *", "每10分钟"),
        ("* * * * *", "每分钟"),
        ("30 8 * * 1", "每星期一 08:30"),
        ("30 8 * * 0", "每星期日 08:30"),
        ("30 8 * * 7", "每星期日 08:30"),
        ("0 6 15 * *", "每月15日 06:00"),
        pytest.param("0 2 1 * 1", "0 2 1 * 1", id="day and weekday together"),
        pytest.param("0 2 1 1 *", "0 2 1 1 *", id="one month only"),
        pytest.param("0 8-18 * * 1-5", "0 8-18 * * 1-5", id="ranges"),
        pytest.param("0 2", "0 2", id="no whole line"),
    ],
)
def test_a_cron_line_in_words(app, cron, words):
    with app.test_request_context(), force_locale("zh"):
        assert times.spoken(cron) == words
