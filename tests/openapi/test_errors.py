import pytest

from app.openapi import errors


@pytest.mark.parametrize(
    ("refusal", "code", "message"),
    [
        (errors.ParameterRefused(), "-1", "请求参数错误"),
        (errors.ParameterRefused("a", "b"), "-1", "a;b"),
        (errors.UnknownAppid(), "-1", "请求参数无效:appid无效!"),
        (errors.SignatureRefused(), "-2", "签名校验错误"),
        (errors.RequestRepeated(), "-2", "签名校验错误:请求重复!"),
        (errors.MethodForbidden(), "-3", "无API访问权限"),
        (errors.AddressRefused(), "-4", "IP校验错误"),
        (errors.QuotaExceeded(), "-5", "访问超过限制"),
    ],
)
def test_every_refusal_has_its_code_and_sentence(refusal, code, message):
    assert (refusal.code, refusal.message) == (code, message)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            errors.workers_exist(["A", "B"]),
            "项目中已存在身份证为：A的工人!\r\n项目中已存在身份证为：B的工人!",
        ),
        (errors.team_exists(1500161164), "班组已存在,已存在班组编号为:1500161164"),
        (errors.at(["date"], errors.NOT_BEFORE_HISTORY), "[date]不能小于历史进退场时间!"),
        (
            errors.at(["workerList", 0, "idCardType"], errors.CARD_KIND),
            "[workerList][0][idCardType]异常,目前只支持身份证类型的证件!",
        ),
    ],
)
def test_sentences_that_clients_match_are_word_for_word(sentence, expected):
    assert sentence == expected
