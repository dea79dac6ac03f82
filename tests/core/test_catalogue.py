"""Words follow the language of their reader, within one request too."""

from flask_babel import force_locale, get_babel, gettext, refresh

from app.core.catalogue import QuickDomain


def test_the_quick_catalogue_is_the_one_in_use(work, app):
    assert isinstance(get_babel(app).instance.domain_instance, QuickDomain)


def test_a_language_forced_for_a_while_is_spoken_for_that_while(work):
    assert gettext("Yes") == "是"
    with force_locale("en"):
        assert gettext("Yes") == "Yes"
        with force_locale("zh"):
            assert gettext("Yes") == "是"
        assert gettext("Yes") == "Yes"
    assert gettext("Yes") == "是"


def test_the_next_request_may_speak_another_language(app):
    for language, word in (("en", "Yes"), ("zh", "是"), ("en", "Yes")):
        with app.test_request_context("/"):
            from flask import session

            session["locale"] = language
            assert gettext("Yes") == word
            session["locale"] = "zh"
            refresh()
            assert gettext("Yes") == "是"
