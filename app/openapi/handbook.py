"""接口文档 for one access: HTML and PDF, with its own appid and a worked signature (7.1).

Field tables, dictionaries, examples and the cases of the self-test are read from the declarations
of the methods. The secret of the access stands nowhere in it: the example has one of its own.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import force_locale

from app.core import dictionaries, printing
from app.openapi import cipher, codes, conformance, document, errors, protocol, samples, sandbox
from app.openapi.choices import Environment
from app.openapi.conformance.seeing import flat
from app.openapi.methods import METHODS, Method
from app.openapi.models import ApiClient
from app.openapi.wire import Field, Kind, Schema

TITLE = "开放数据接口文档"
FOLDER, STYLE = "printed", "print_interface.css"
SECRET = "0123456789abcdefFEDCBA9876543210"  # noqa: S105 - of the examples alone
CORP_KEY, PERSON = "ffffffffeeeeeeeeddddddddcccccccc", "11010519491231002X"
STAMP, NONCE = "20260115083000", "6f1c0e2b9d4a4b7e8c35a1d2f0e49b77"
MOST_CODES = 80
ORDER = ("参建单位", "班组", "工人", "进场", "合同、考勤、培训", "工资专用账户", "工资")
CODES = (
    ("0", "成功"), ("-1", "请求参数错误"), ("-2", "签名校验错误"), ("-3", "无API访问权限"),
    ("-4", "IP校验错误"), ("-5", "访问超过限制"),
)  # fmt: skip
PUBLIC = (
    ("appid", "是", "接入编号"), ("data", "是", "业务参数，一个JSON对象的文本；无业务参数的为 {}"),
    ("format", "是", "json"), ("method", "是", "方法名，见第6章"),
    ("nonce", "是", "随机文本，1—64个字符，每次调用更换"),
    ("timestamp", "是", "yyyyMMddHHmmss，北京时间"), ("version", "是", "1.0"),
    ("sign", "是", "签名，见第2章"), ("corpsign", "条件", "厂商证明，登记了厂商密钥的接入须带"),
)  # fmt: skip
MESSAGES = (
    ("接入编号不存在", "请求参数无效:appid无效!"),
    ("签名不符", errors.SignatureRefused.sentence),
    ("请求时间超出范围", errors.ClockRefused.sentence),
    ("写入请求原样重发", errors.RequestRepeated.sentence),
    ("未开通该类对接内容", "无API访问权限:未开通班组对接!"),
    ("调用过于频繁", errors.QuotaExceeded.sentence),
    ("缺少字段", f"[workerList][0][headImage]{errors.MISSING}"),
    ("图片过大", f"[headImage]{errors.too_large(50 * 1024)}"),
    ("图片格式", f"[headImage]{errors.IMAGE_KIND}"),
    ("日期在未来", f"[workerList][0][date]{errors.NOT_AFTER_THE_DAY}"),
    ("早于已有进退场", f"[date]{errors.NOT_BEFORE_HISTORY}"),
    ("班组编号无效", f"[teamSysNo]{errors.OUT_OF_RANGE}"),
    ("字典代码", f"[workType]{errors.not_in_dictionary('工种')}"),
    ("密文无法解密", f"[workerList][0][idCardNumber]{errors.NOT_DECRYPTED}"),
    ("工人已存在（异步）", "项目中已存在身份证为：440781********1234的工人!"),
    ("班组已存在（异步）", errors.team_exists(1_500_000_001)),
    ("打卡时间在未来（异步）", "打卡时间晚于系统时间超过5分钟,已存入异常流水,请校准设备时钟"),
)
EXAMPLES: dict[Kind, Any] = {
    Kind.TEXT: "示例", Kind.INTEGER: 1, Kind.NUMBER: 8.5, Kind.MONEY: 6500.00, Kind.FLAG: 0,
    Kind.DATE: "2026-01-15", Kind.MONTH: "2026-01", Kind.INSTANT: "2026-01-15 07:02:04",
    Kind.IMAGE: "/9j/4AAQSkZJRg…", Kind.FILE: "JVBERi0xLjcK…",
}  # fmt: skip
OWN_EXAMPLES = {
    "pageIndex": 0, "pageSize": 50, "teamSysNo": 1_500_000_001, "teamName": "钢筋一班",
    "workerName": "张三", "cellPhone": "13800000000", "nation": "汉",
    "requestSerialCode": "workerattendance-add-2026011508-1-0001",
}  # fmt: skip


def html(client: ApiClient, address: str) -> str:
    """Give the document as one file that needs no other."""
    return _drawn(client, address, style=_style().read_text(encoding="utf-8"))


def pdf(client: ApiClient, address: str) -> bytes:
    """Give the document as a PDF; it is drawn anew when a word of it has changed."""
    place = _place(page := _drawn(client, address))
    if not place.exists():
        content = printing.pdf_of(page)
        place.parent.mkdir(parents=True, exist_ok=True)
        half = place.with_suffix(f".{os.getpid()}")
        half.write_bytes(content)
        half.replace(place)
    return place.read_bytes()


def drawn(client: ApiClient, address: str) -> bytes | None:
    """Give the PDF where it is drawn already; None where it has to be drawn first."""
    place = _place(_drawn(client, address))
    return place.read_bytes() if place.exists() else None


def _style() -> Path:
    return Path(current_app.static_folder or "") / "css" / STYLE


def _place(page: str) -> Path:
    digest = hashlib.sha256(page.encode() + _style().read_bytes()).hexdigest()[:16]
    return Path(current_app.config["VAR"]) / FOLDER / f"interface-{digest}.pdf"


def _drawn(client: ApiClient, address: str, style: str = "") -> str:
    with force_locale("zh"):
        template = current_app.jinja_env.get_template("openapi/document.html")
        return template.render(title=TITLE, style=style, **_facts(client, address))


def _facts(client: ApiClient, address: str) -> dict[str, Any]:
    trial = client.environment is Environment.TRIAL
    number, code, name = sandbox.place_of(client, live=not trial)
    own = {"projectCode": number, "corpCode": code, "corpName": name}
    shown = [
        method for method in METHODS.values()
        if method.content is None or method.content.name in client.scopes
    ]  # fmt: skip
    parameters = _parameters(client.app_id, number)
    return {
        "client": client, "address": address, "own": own, "trial": trial,
        "environment": "联调" if trial else "正式", "parameters": PUBLIC, "codes": CODES,
        "messages": MESSAGES, "order": ORDER, "cases": conformance.CASES,
        "signed": parameters, "signing_text": protocol.signing_text(parameters, SECRET),
        "sign": protocol.sign(parameters, SECRET), "secret": SECRET, "person": PERSON,
        "cipher_text": cipher.encrypt(PERSON, SECRET), "corp_key": CORP_KEY,
        "corpsign": cipher.corpsign(CORP_KEY, STAMP, SECRET), "stamp": STAMP,
        "methods": [_method(method, own) for method in shown],
        "dictionaries": list(_dictionaries(shown)),
        "samples": [
            (language, samples.filled(text, address=address, appid=client.app_id, secret=SECRET))
            for language, text in samples.LANGUAGES
        ],
    }  # fmt: skip


def _parameters(app_id: str, project_no: str) -> dict[str, str]:
    data = {"pageIndex": 0, "pageSize": 50, "projectCode": project_no, "teamName": "钢筋一班"}
    return {
        "appid": app_id, "data": json.dumps(data, ensure_ascii=False, separators=(",", ":")),
        "format": "json", "method": "Team.Query", "nonce": NONCE, "timestamp": STAMP,
        "version": "1.0",
    }  # fmt: skip


def _method(method: Method, own: dict[str, str]) -> dict[str, Any]:
    listing = any(one.name == "pageIndex" for one in method.schema)
    return {
        "name": method.name, "title": method.title, "notes": method.notes,
        "kind": "写入（异步）" if method.work else "查询",
        "fields": list(document.rows(method.schema)), "reply": list(document.rows(method.reply)),
        "replies": "data.rows" if listing else "data",
        "example": json.dumps(_example(method.schema, own), ensure_ascii=False, indent=2),
    }  # fmt: skip


def _example(schema: Schema, own: dict[str, str]) -> dict[str, Any]:
    return {
        one.name: _value(one, own) for one in schema
        if one.required or one.name in own or one.name in ("pageIndex", "pageSize")
    }  # fmt: skip


def _value(one: Field, own: dict[str, str]) -> Any:
    if one.kind is Kind.LIST:
        return [_example(one.items, own)]
    if one.name in own:
        return own[one.name]
    if one.sensitive:
        return cipher.encrypt(PERSON if one.kind is Kind.ID_NUMBER else "6222000000000000017",
                              SECRET)  # fmt: skip
    if one.name in OWN_EXAMPLES:
        return OWN_EXAMPLES[one.name]
    if one.dictionary and one.kind is not Kind.FLAG:
        code = min(codes.codes(one.dictionary), default="1")
        return int(code) if one.numeric and code.isdecimal() else code
    return EXAMPLES.get(one.kind, "示例")


def _dictionaries(methods: Sequence[Method]) -> Iterator[dict[str, Any]]:
    """Give the lists the methods name; of long ones the beginning."""
    names = {
        one.dictionary: None for method in methods
        for schema in (method.schema, method.reply) for one in flat(schema) if one.dictionary
    }  # fmt: skip
    for name in names:
        rows = [
            (code, dictionaries.label(codes.own_name(name), own))
            for code, own in codes.pairs(name)
        ]  # fmt: skip
        if rows:
            yield {
                "name": name, "title": codes.title(name), "rows": rows[:MOST_CODES],
                "more": len(rows) - MOST_CODES,
            }  # fmt: skip
