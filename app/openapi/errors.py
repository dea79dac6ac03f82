"""Refusals of the open interface, one class each, and the sentences its clients match.

Codes are those of section 5 of the interface description, sentences those of its section 10,
word for word: clients decide by text as well as by code.
"""

from collections.abc import Iterable


class WireRefusal(Exception):
    """A request that is answered with a code other than 0."""

    code = "-1"
    sentence = "请求参数错误"

    def __init__(self, *messages: str) -> None:
        """Keep the messages; several are joined with a semicolon, none means the usual one."""
        self.messages = messages or (self.sentence,)
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The text of the reply."""
        return ";".join(self.messages)


class ParameterRefused(WireRefusal):
    """A public parameter or a business field is missing or wrong."""


class UnknownAppid(WireRefusal):
    """No client has this access number."""

    sentence = "请求参数无效:appid无效!"


class UnknownMethod(WireRefusal):
    """The interface has no method of this name."""

    sentence = "请求参数无效:method无效!"


class CipherTextRefused(WireRefusal):
    """A text that the secret of the client does not decrypt."""

    sentence = "密文无效,解密失败!"


class SignatureRefused(WireRefusal):
    """The signature, or the proof of the maker, does not belong to the request."""

    code = "-2"
    sentence = "签名校验错误"


class ClockRefused(SignatureRefused):
    """The time of the request lies outside the window."""

    sentence = "签名校验错误:timestamp超出允许范围!"


class RequestRepeated(SignatureRefused):
    """A write with this signature came before."""

    sentence = "签名校验错误:请求重复!"


class MethodForbidden(WireRefusal):
    """The client may not call this method, or not for this project."""

    code = "-3"
    sentence = "无API访问权限"


class AddressRefused(WireRefusal):
    """The request comes from an address the client did not announce."""

    code = "-4"
    sentence = "IP校验错误"


class QuotaExceeded(WireRefusal):
    """The client called too often."""

    code = "-5"
    sentence = "访问超过限制"


class UnusableSecretError(ValueError):
    """A secret that is not 32 ASCII characters: our own record is wrong, not the request."""


NOT_AFTER_TODAY = "不能大于今天!"
NOT_AFTER_THE_DAY = "不能大于当天!"
NOT_AFTER_NOW = "最晚为当前时间!"
PAID_NOT_AFTER_TODAY = "发放日期不能大于今天"
NOT_BEFORE_HISTORY = "不能小于历史进退场时间!"

MISSING = "不能为空!"
SHAPE = "格式不正确!"
OUT_OF_RANGE = "值超出范围或无效!"
IMAGE_KIND = "格式无效,目前仅支持:jpg,jpeg,png,jpeg"
FILE_TEXT = "文件内容无效!"
NOT_DECRYPTED = "解密失败!"
CARD_KIND = "异常,目前只支持身份证类型的证件!"


def at(path: Iterable[str | int], tail: str) -> str:
    """Name the field before a sentence: each part of its path in brackets."""
    return "".join(f"[{part}]" for part in path) + tail


def too_large(limit: int) -> str:
    """Tell the limit of a file, given in bytes, in whole MB or KB."""
    megabytes, rest = divmod(limit, 1024 * 1024)
    size = f"{limit // 1024}KB" if rest else f"{megabytes}MB"
    return f"大小超过限制{size}!"


def too_long(limit: int) -> str:
    """Tell the limit of a text in characters."""
    return f"长度超过限制{limit}!"


def too_many(limit: int) -> str:
    """Tell the limit of a list in items."""
    return f"数量超过限制{limit}!"


def not_in_dictionary(name: str) -> str:
    """Point to a dictionary by its Chinese name."""
    return f"参数值不正确,请参见{name}字典表!"


def not_in_listed_dictionary(name: str) -> str:
    """Point to a dictionary in the wording that training types have."""
    return f"值不正确，请参见[{name}]字典表!"


def workers_exist(id_numbers: Iterable[str]) -> str:
    """Tell which workers the project already has, one line each."""
    return "\r\n".join(f"项目中已存在身份证为：{number}的工人!" for number in id_numbers)


def team_exists(team_number: int) -> str:
    """Tell the number of the team that has this name; clients cut ten digits out of it."""
    return f"班组已存在,已存在班组编号为:{team_number}"


def team_named(name: str) -> str:
    """Remark that a team has another name than the message gives it."""
    return f"与班组现名“{name}”不一致,已按teamSysNo登记!"


def trainee_unknown(id_type: str, number: str) -> str:
    """Tell that a person of a training is not known, in the wording clients match."""
    return f"没有找到证件类型为{id_type},证件号码为{number}的对应信息,上传失败!"


def unit_exists(name: str) -> str:
    """Tell that a company takes part in the project already; clients look for the first words."""
    return f"参建单位已存在:{name}"


KEPT_AS_AGREED = "与登记内容不一致,未覆盖,如有变化请在页面办理!"
REVIEWED = "与登记内容不一致,未直接生效,请在项目变更中提交!"


def payroll_stranger(number: str) -> str:
    """Tell that wages are for somebody who is not on the roster; clients match the end."""
    return f"没有找到证件号码为{number}的工人信息,不允许上传该工人的工资发放信息!"


ACCOUNT_EXISTS = "该单位在本项目已有工资专用账户,请先销户再登记新账户!"
NOT_ON_PAYROLL = "不在该工资单中!"
