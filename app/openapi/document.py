"""接口文档: the interface as it is now, written from the schemas in force (screens.md 7.1)."""

from collections.abc import Iterator
from functools import cache

from flask_babel import force_locale

from app.attendance.devices.models import Device
from app.attendance.models import Punch
from app.core.columns.base import specs
from app.enterprises.models import Enterprise
from app.openapi import codes
from app.openapi.methods import METHODS, Method
from app.openapi.methods.words import WORDS
from app.openapi.wire import Field, Kind, Schema
from app.projects.models import Project, ProjectUnit
from app.roster.models import Contract, Movement, ProjectWorker, Team, Trainee, Training
from app.wages.models import PayrollLine, WageAccount

MODELS = (
    Enterprise,
    ProjectUnit,
    Project,
    Team,
    Contract,
    Training,
    Trainee,
    ProjectWorker,
    Movement,
    Punch,
    WageAccount,
    PayrollLine,
    Device,
)
KINDS = {
    Kind.TEXT: "文本", Kind.INTEGER: "整数", Kind.NUMBER: "数值", Kind.MONEY: "金额",
    Kind.FLAG: "0/1", Kind.DATE: "yyyy-MM-dd", Kind.MONTH: "yyyy-MM",
    Kind.INSTANT: "yyyy-MM-dd HH:mm:ss", Kind.CODE: "代码", Kind.IMAGE: "图片base64",
    Kind.FILE: "文件base64", Kind.ID_NUMBER: "证件号码", Kind.LIST: "列表",
}  # fmt: skip
OWN_WORDS = {
    "pageIndex": "页码，从0开始", "pageSize": "每页条数，最多50", "projectCode": "项目编号",
    "corpCode": "统一社会信用代码", "corpName": "企业名称", "teamSysNo": "班组编号",
    "teamName": "班组名称", "workerList": "工人列表", "dataList": "考勤列表",
    "date": "日期或时间", "type": "1进场，0退场", "voucher": "凭证扫描件",
    "entryAttachments": "进场附件", "exitAttachments": "退场附件", "name": "名称", "data": "内容",
    "requestSerialCode": "请求序列号", "status": "处理状态", "result": "处理结果",
    "issueCardDate": "办卡日期", "hasContract": "是否签订劳动合同", "gender": "性别",
    "birthday": "出生日期", "birth_place_code": "籍贯代码", "payRollTopBankName": "工资卡银行名称",
    "builderLicenses": "施工许可证", "prjName": "工程名称", "builderLicenseNum": "施工许可证编号",
    "buildPlanNum": "建设用地规划许可证", "prjPlanNum": "建设工程规划许可证",
    "areaCode": "行政区划", "linkMan": "联系人", "linkPhone": "联系电话", "lat": "纬度WGS84",
    "lng": "经度WGS84", "prjStatus": "项目状态", "contractorCorpCode": "总承包单位统一社会信用代码",
    "contractorCorpName": "总承包单位名称", "time": "设备当前时间",
    "serverTime": "系统时间", "clockOffset": "设备快于系统的秒数", "workerName": "姓名",
}  # fmt: skip
HEAD = """# {name} 开放数据接口文档

本文由系统按当前生效的字段定义自动生成。

## 1 调用方式

- 地址：`POST {path}`，`application/x-www-form-urlencoded` 或 `multipart/form-data`，UTF-8。
- 公共参数：`appid`、`data`（业务参数JSON文本）、`format`（json）、`method`、`nonce`、
  `timestamp`（yyyyMMddHHmmss，北京时间）、`version`（1.0）、`sign`，可选 `corpsign`。
- 返回恒为 HTTP 200 与 `{{"code":"0","message":"…","data":…}}`。

## 2 签名

除 `sign` 外全部参数按名称升序，以 `名称=值` 用 `&` 连接（值为编码前原文），末尾加
`&appsecret=密钥`，整串转小写后取 SHA-256 十六进制。`data` 以收到的文本为准，不重新序列化。

## 3 敏感字段

标 E 的字段用 AES-256-CBC、PKCS#7 加密后 base64；密钥为接入密钥32个ASCII字符，向量为其前16个。

## 4 返回码

| 代码 | 含义 |
|---|---|
| 0 | 成功 |
| -1 | 请求参数错误 |
| -2 | 签名校验错误 |
| -3 | 无API访问权限 |
| -4 | IP校验错误 |
| -5 | 访问超过限制 |

接入编号对应唯一项目：`projectCode`、`corpCode`、`corpName` 可省略，分别视为该项目与班组所属
企业（无班组的为总承包单位）；`idCardType` 省略视为 01。

写入类方法返回 `requestSerialCode`，以 `AsyncHandleResult.Query` 查询结果。

## 5 方法
"""


def markdown(path: str) -> str:
    """Give the whole document as Markdown, in Chinese as its readers are."""
    with force_locale("zh"):
        parts = [HEAD.format(name="江门市建设工程用工实名信息化监管系统", path=path)]
        for place, method in enumerate(METHODS.values(), start=1):
            parts += _method(place, method)
    return "\n".join(parts) + "\n"


def _method(place: int, method: Method) -> Iterator[str]:
    yield f"\n### 5.{place} {method.name} {method.title}\n"
    for note in method.notes:
        yield f"- {note}"
    yield "\n请求 data:\n"
    yield from _table(method.schema)
    if method.reply:
        yield "\n返回" + (" data.rows:\n" if "pageIndex" in _names(method.schema) else " data:\n")
        yield from _table(method.reply)


def _names(schema: Schema) -> set[str]:
    return {field.name for field in schema}


def _table(schema: Schema) -> Iterator[str]:
    if not schema:
        yield "无。"
        return
    yield "| 字段 | 类型 | 长度 | 必填 | 加密 | 字典 | 说明 |"
    yield "|---|---|---|---|---|---|---|"
    for cells in rows(schema):
        yield "| " + " | ".join(cells) + " |"


def rows(schema: Schema, prefix: str = "") -> Iterator[tuple[str, ...]]:
    """Give the fields of a schema as the cells of a table, those of lists below them."""
    for field in schema:
        demand = "条件" if callable(field.required) else "是" if field.required else ""
        yield (
            f"{prefix}{field.name}", KINDS[field.kind], _length(field), demand,
            "E" if field.sensitive else "", codes.title(field.dictionary)
            if field.dictionary else "", words().get(field.name, ""),
        )  # fmt: skip
        yield from rows(field.items, f"{prefix}·")


def _length(field: Field) -> str:
    if field.max_bytes:
        return f"{field.max_bytes // 1024}KB"
    if field.max_items:
        return f"{field.max_items}项"
    return str(field.max_length or "")


@cache
def words() -> dict[str, str]:
    """Give what each field means: the label of its column, or the interface's own word."""
    found = {
        spec.api: str(spec.label) for model in MODELS for spec in specs(model).values() if spec.api
    }
    return {**found, **WORDS, **OWN_WORDS}
