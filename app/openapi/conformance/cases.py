"""The cases of the self-test: each knows what to do, and judges every call (screens.md 7.4).

Which fields a case is about is read from the declarations of the methods, so that a field added
to one of them is tried without a word here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.openapi import errors, protocol
from app.openapi.conformance.seeing import Judge, Seen, flat, has, never, succeeds, unknown_keys
from app.openapi.methods import METHODS, Method
from app.openapi.wire import Kind

CLOSE = timedelta(minutes=5)
OLD = timedelta(hours=1)
MOST_POLLS, MOST_ROWS, RESENT, AT_ONCE, ONE_WAY = 10, 50, 2, 5, 20
TEAM_UNKNOWN = f"[teamSysNo]{errors.OUT_OF_RANGE}"
DUPLICATE = {"Team.Add": "班组已存在", "ProjectWorker.Add": "项目中已存在身份证为"}
FUTURE = (
    errors.NOT_AFTER_TODAY, errors.NOT_AFTER_THE_DAY, errors.NOT_AFTER_NOW,
    errors.PAID_NOT_AFTER_TODAY, "打卡时间晚于系统时间",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One case: its number, name, what the vendor does for it, and its judgement of a call."""

    code: str
    title: str
    advice: str
    judge: Judge
    necessary: bool = False
    about: Callable[[Any], Any] | None = None  # the fields it is about

    def fields(self) -> str:
        """Name the fields the case is about, as the declarations have them."""
        if self.about is None:
            return ""
        names = {
            one.name: None for method in METHODS.values() for one in flat(method.schema)
            if self.about(one)
        }  # fmt: skip
        return "、".join(names)


def _signature(seen: Seen) -> bool | None:
    if seen.text == errors.SignatureRefused.sentence:
        return False
    return True if seen.signed else None


def _proof(seen: Seen) -> bool | None:
    if "corpsign" in seen.text:
        return False
    return True if seen.proved and seen.taken else None


def _clock(seen: Seen) -> bool | None:
    if not seen.signed:
        return None
    sent = seen.envelope.sent_at.replace(tzinfo=None)
    return abs(seen.now.astimezone(protocol.CHINA).replace(tzinfo=None) - sent) <= CLOSE


def _nonce(seen: Seen) -> bool | None:
    shelf = seen.shelf("nonce")
    before, sign = shelf.get("last"), shelf.get("sign")
    shelf.update(last=seen.envelope.nonce, sign=seen.envelope.sign)
    if before is None or sign == seen.envelope.sign:
        return None
    return before != seen.envelope.nonce


def _replay(seen: Seen) -> bool | None:
    if "请求重复" in seen.text:
        return False
    return True if seen.writes else None


def _secret(seen: Seen) -> bool | None:
    return not seen.stray if seen.signed else None


def _permission(seen: Seen) -> bool | None:
    if seen.code == errors.MethodForbidden.code and "projectCode" not in seen.text:
        return False
    return True if seen.taken else None


def _address(seen: Seen) -> bool | None:
    if seen.code == errors.AddressRefused.code:
        return False
    return True if seen.narrowed and seen.taken else None


def _shape(seen: Seen) -> bool | None:
    told = seen.text.replace(TEAM_UNKNOWN, "")
    if errors.OUT_OF_RANGE in told or errors.SHAPE in told:
        return False
    return True if seen.writes else None


def _names(seen: Seen) -> bool | None:
    if not seen.taken or seen.method is None or not seen.data:
        return None
    return next(unknown_keys(seen.method.schema, seen.data), None) is None


def _order(seen: Seen) -> bool | None:
    told = seen.text.replace("请先上传参建单位", "")  # a case of its own
    if "请先上传" in told or TEAM_UNKNOWN in told:
        return False
    return True if seen.writes and seen.name != "Team.Add" else None


def _told_twice(name: str) -> Judge:
    """Judge that what exists already is not sent again and again."""

    def judge(seen: Seen) -> bool | None:
        if seen.name != name or DUPLICATE[name] not in seen.text:
            return True if seen.name == name and seen.writes else None
        shelf = seen.shelf(f"told {name}")
        shelf[seen.data_hash] = shelf.get(seen.data_hash, 0) + 1
        return shelf[seen.data_hash] == 1

    return judge


def _resent(seen: Seen) -> bool | None:
    if seen.name != "WorkerAttendance.Add" or seen.status != protocol.Outcome.SUCCEEDED:
        return None
    shelf = seen.shelf("punches")
    shelf[seen.data_hash] = shelf.get(seen.data_hash, 0) + 1
    return shelf[seen.data_hash] <= RESENT


def _asked(seen: Seen) -> bool | None:
    waiting = seen.shelf("waiting")
    if seen.writes and seen.serial:
        waiting[seen.serial] = 1
    if seen.name != "AsyncHandleResult.Query" or not seen.taken:
        return None
    waiting.pop(_serial(seen), None)
    return True


def _polled(seen: Seen) -> bool | None:
    if seen.name != "AsyncHandleResult.Query" or not seen.taken:
        return None
    shelf, serial = seen.shelf("polls"), _serial(seen)
    shelf[serial] = shelf.get(serial, 0) + 1
    return shelf[serial] <= MOST_POLLS


def _serial(seen: Seen) -> str:
    return str(seen.data.get("requestSerialCode", ""))


def _number(value: Any) -> int | None:
    text = str(value).strip()
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _first_page(seen: Seen) -> bool | None:
    if not (seen.taken and seen.lists):
        return None
    shelf = seen.shelf("pages")
    if not _number(seen.data.get("pageIndex", 0)):
        shelf[seen.name] = 1
    return seen.name in shelf


def _page_size(seen: Seen) -> bool | None:
    if not (seen.taken and seen.lists):
        return None
    return (_number(seen.data.get("pageSize")) or MOST_ROWS) <= MOST_ROWS


def _moments(seen: Seen) -> list[datetime]:
    found = []
    for item in seen.items("dataList"):
        try:
            moment = datetime.fromisoformat(str(item.get("date"))[:19])
        except ValueError:
            continue
        found.append(moment.replace(tzinfo=protocol.CHINA))
    return found


def _backlog(seen: Seen) -> bool | None:
    if seen.name != "WorkerAttendance.Add" or not seen.writes:
        return None
    moments = _moments(seen)
    if len(moments) >= AT_ONCE and len(set(moments)) == 1:
        return False
    return True if any(seen.now - one > OLD for one in moments) else None


def _out_of_order(seen: Seen) -> bool | None:
    if seen.name != "WorkerAttendance.Add" or seen.status != protocol.Outcome.SUCCEEDED:
        return None
    shelf, moments = seen.shelf("latest"), _moments(seen)
    if not moments:
        return None
    last, first = max(moments).isoformat(), min(moments).isoformat()
    before = shelf.get("at")
    shelf["at"] = max(last, before or last)
    return True if before and first < before else None


def _direction(seen: Seen) -> bool | None:
    if seen.name != "WorkerAttendance.Add" or not seen.writes:
        return None
    shelf = seen.shelf("directions")
    for item in seen.items("dataList"):
        way = str(item.get("direction", "")).strip().lstrip("0")
        shelf[way] = shelf.get(way, 0) + 1
    if len(shelf) > 1:
        return True
    return False if sum(shelf.values()) >= ONE_WAY else None


def _query(seen: Seen) -> bool | None:
    return True if seen.taken and seen.lists else None


def _working(method: Method | None) -> bool:
    return bool(method and method.work)


def _required(one: Any) -> bool:
    return bool(one.required)


def _coded(one: Any) -> bool:
    return bool(one.dictionary)


def _sensitive(one: Any) -> bool:
    return bool(one.sensitive)


def _picture(one: Any) -> bool:
    return one.kind is Kind.IMAGE


def _file(one: Any) -> bool:
    return bool(one.max_bytes)


def _listed(one: Any) -> bool:
    return bool(one.max_items)


def _long(one: Any) -> bool:
    return bool(one.max_length)


def _dated(one: Any) -> bool:
    return bool(one.latest)


def _person(one: Any) -> bool:
    return one.kind is Kind.ID_NUMBER


CASES = (
    Case("signature", "签名", "按第2节签名，任意一次调用签名正确；签名不符的调用记为未通过。",
         _signature, necessary=True),
    Case("team", "上传班组", "用 Team.Add 上传一个班组，异步结果为成功。",
         succeeds("Team.Add"), necessary=True),
    Case("worker", "上传工人", "用 ProjectWorker.Add 上传一名测试人员，异步结果为成功。",
         succeeds("ProjectWorker.Add"), necessary=True),
    Case("punch", "上传考勤", "用 WorkerAttendance.Add 上传一条打卡，异步结果为成功。",
         succeeds("WorkerAttendance.Add"), necessary=True),
    Case("query", "查询", "调用任意一个分页查询方法。", _query, necessary=True),
    Case("entry", "工人进场", "用 WorkerEntryExit.Add 登记进场，异步结果为成功。",
         succeeds("WorkerEntryExit.Add")),
    Case("proof", "厂商证明", "登记了厂商密钥的，每次调用带正确的 corpsign。", _proof),
    Case("clock", "时钟", "timestamp 用北京时间，与系统时间相差不超过5分钟。", _clock),
    Case("nonce", "随机数", "每次调用更换 nonce。", _nonce),
    Case("replay", "防重放", "重发写入请求时更换 nonce、timestamp 并重新签名。", _replay),
    Case("secret", "密钥不外传", "请求参数中不带 appsecret。", _secret),
    Case("json", "报文格式", "data 为有效的 JSON 对象，字段不重复。",
         never("有效的JSON", "必须是JSON对象", "data中字段重复", "无效的数值", "嵌套层数")),
    Case("permission", "接口权限", "只调用已开通对接内容的方法。", _permission),
    Case("project", "项目编号", "projectCode 与接入编号所属项目一致。",
         never("projectCode不是该接入编号所属项目")),
    Case("address", "来源地址", "填写了IP白名单的，从白名单内的地址调用。", _address),
    Case("quota", "调用频率", "每分钟调用次数不超过限制。",
         never(errors.QuotaExceeded.sentence)),
    Case("required", "必填字段", "必填字段不缺。", never(errors.MISSING, where=_working),
         about=_required),
    Case("dictionary", "字典代码", "代码字段使用字典表中的代码。",
         never("字典表!", where=has(_coded)), about=_coded),
    Case("encryption", "敏感字段加密", "敏感字段按第3节加密。",
         never(errors.NOT_DECRYPTED, where=has(_sensitive)), about=_sensitive),
    Case("picture_size", "图片大小", "图片和附件不超过规定大小。",
         never("大小超过限制", where=has(_file)), about=_file),
    Case("picture_kind", "图片格式", "图片为 jpg、jpeg 或 png。",
         never("格式无效", errors.FILE_TEXT, where=has(_picture)), about=_picture),
    Case("batch", "批量条数", "一次上传的条数不超过限制。",
         never("数量超过限制", where=has(_listed)), about=_listed),
    Case("length", "文本长度", "文本不超过规定长度。",
         never("长度超过限制", where=has(_long))),
    Case("shape", "数值与日期格式", "数值、日期、月份按规定格式填写。", _shape),
    Case("future", "未来日期", "不上传晚于当前时间的日期和打卡。",
         never(*FUTURE, where=has(_dated))),
    Case("names", "字段名称", "字段名称与文档完全一致，不带文档以外的字段。", _names),
    Case("test_person", "测试人员", "联调环境只用测试证件号码。",
         never("联调环境只接受", where=has(_person)), about=_person),
    Case("unit", "参建单位", "corpCode 为本项目的参建单位，与班组所属单位一致。",
         never("不是该项目的参建单位", "与班组所属企业不一致")),
    Case("order", "上传顺序", "先上传班组、工人，再上传进场、考勤。", _order),
    Case("stranger", "未知人员", "只上传已登记工人的考勤；结果中列出的未匹配人员不反复上传。",
         never("未匹配到在场工人", where=_working)),
    Case("same_team", "重复班组", "班组已存在时取用返回的编号，不再原样上传。",
         _told_twice("Team.Add")),
    Case("same_worker", "重复工人", "工人已存在时不再原样上传。", _told_twice("ProjectWorker.Add")),
    Case("same_punches", "重复考勤", "考勤上传成功后不再上传同一批。", _resent),
    Case("async", "异步结果", "每次写入后用 AsyncHandleResult.Query 查询结果。", _asked),
    Case("polling", "查询频次", "同一序列号的结果查询不超过10次。", _polled),
    Case("first_page", "页码", "pageIndex 从0开始。", _first_page),
    Case("page_size", "每页条数", "pageSize 不超过50。", _page_size),
    Case("backlog", "断网补传", "断网恢复后补传一小时以前的考勤，date 为实际打卡时间。", _backlog),
    Case("out_of_order", "乱序上传", "补传早于已上传时刻的考勤。", _out_of_order),
    Case("direction", "进出方向", "进、出都上传，direction：01 进，02 出。", _direction),
)  # fmt: skip
