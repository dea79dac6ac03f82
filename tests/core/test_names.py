import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.names import compare_key, is_name, same_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("阿卜力孜·买买提", "阿卜力孜•买买提", id="bullet"),
        pytest.param("阿卜力孜·买买提", "阿卜力孜．买买提", id="full-width stop"),
        pytest.param("阿卜力孜·买买提", "阿卜力孜.买买提", id="stop"),
        pytest.param("阿卜力孜·买买提", "阿卜力孜 ・ 买买提", id="blanks around the dot"),
        pytest.param("张三", "张\u3000三 ", id="wide blank"),
        pytest.param("张三", "\ufeff张\u200b三", id="unseen marks"),
        pytest.param("John Smith", "ＪＯＨＮ　ｓｍｉｔｈ", id="full width and case"),
        pytest.param("陈䶮", "陈龑", id="variant"),
        pytest.param("陈䶮", "陈\ue863", id="private use of old programs"),
        pytest.param("李𬀩", "李暐", id="simplified beyond the basic plane"),
        pytest.param("王珏", "王玨", id="older form"),
    ],
)
def test_spellings_of_one_name_are_the_same(one, other):
    assert same_name(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("张三丰", "张三锋", id="another character"),
        pytest.param("张三", "张三丰", id="a part"),
        pytest.param("陈喆", "陈哲", id="two standard characters"),
        pytest.param("阿卜力孜·买买提", "阿卜力孜", id="without the father"),
        pytest.param("", " ", id="nothing is nobody"),
    ],
)
def test_different_names_stay_different(one, other):
    assert not same_name(one, other)


@given(st.text(st.sampled_from("张龑䶮甄欧阳·•AbcＡｂ"), min_size=1), st.text(" \u3000\t\u200b"))
def test_blanks_and_spelling_never_change_a_key(name, blanks):
    spelt = blanks.join(["", *name, ""]).swapcase().replace("·", "．")

    assert compare_key(spelt) == compare_key(name)
    assert compare_key(compare_key(name)) == compare_key(name)


@pytest.mark.parametrize(
    "name",
    [
        "张三",
        "阿卜杜拉·买买提",
        "Jean-Pierre d'Arc",
        "Nguyễn Văn An",
        "O’Neil J.",
        "张〇",
        "王\ue863",
    ],
)
def test_a_name_of_whatever_script_is_one(name):
    assert is_name(name)


@pytest.mark.parametrize(
    "name", ["", "2", "张", "张3", "<b>", "张三（木）", "..", "张三/李四", "?"]
)
def test_what_has_digits_signs_or_one_letter_is_no_name(name):
    assert not is_name(name)


def test_a_character_kept_in_the_private_area_is_a_letter():
    assert is_name("王\ue863")
