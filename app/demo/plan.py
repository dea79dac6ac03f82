"""What the demonstration city consists of: names, dates and figures, no code."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from app.enterprises.choices import EnterpriseType
from app.projects.choices import ProjectState

PASSWORD = "Jiangmen-2026"  # noqa: S105 - printed for everybody who starts the demonstration
SEED = "jiangmen"
DAYS_OF_PUNCHES, DAYS_OWED, PAY_DAY = 61, 3, 15
OFFICE_OPENS = time(8, 30)  # when a worker is put on the roster, on his first day
DAYS_OF_WORK = 120  # since the projects began
DAYS_SINCE_INCIDENT, DAYS_OF_CREWS = 110, 100  # the incident, then the crews

GC, PROF, LABOUR = EnterpriseType


@dataclass(frozen=True)
class Firm:
    """One invented enterprise."""

    key: str
    kind: EnterpriseType
    name: str
    district: str


FIRMS = (
    Firm("gc", GC, "江门蓬江云山建筑工程有限公司（演示）", "440703"),
    Firm("gc2", GC, "开平潭江建设集团有限公司（演示）", "440783"),
    Firm("gc3", GC, "新会圭峰建筑有限公司（演示）", "440705"),
    Firm("prof", PROF, "江门白石机电安装有限公司（演示）", "440703"),
    Firm("prof2", PROF, "江海礼乐消防工程有限公司（演示）", "440704"),
    Firm("prof3", PROF, "鹤山沙坪幕墙工程有限公司（演示）", "440784"),
    Firm("labour", LABOUR, "江门荷塘劳务有限公司（演示）", "440703"),
    Firm("labour2", LABOUR, "开平水口劳务有限公司（演示）", "440783"),
    Firm("labour3", LABOUR, "恩平君堂劳务有限公司（演示）", "440785"),
)


@dataclass(frozen=True)
class Site:
    """One invented project: its contractor, its invited units, its state at the end."""

    key: str
    firm: str
    name: str
    district: str
    address: str
    state: ProjectState
    units: tuple[tuple[str, str], ...] = ()
    interface: bool = False
    started: int = DAYS_OF_WORK


SITES = (
    Site("main", "gc", "蓬江区滨江新城安置房一期工程", "440703", "滨江大道88号",
         ProjectState.ACTIVE, (("prof", "001"), ("labour", "006")), interface=True),
    Site("kaiping", "gc2", "开平市潭江新区中学工程", "440783", "潭江路12号",
         ProjectState.ACTIVE, (("labour2", "006"), ("prof2", "001"))),
    Site("waiting", "gc", "蓬江区西区水质净化厂扩建工程", "440703", "西区大道5号",
         ProjectState.SUBMITTED),
    Site("approved", "gc3", "新会区智能装备产业园厂房工程", "440705", "今古洲工业大道21号",
         ProjectState.APPROVED, (("prof3", "001"),)),
)  # fmt: skip

# team: (site, unit, name, trade, head count)
TEAMS = (
    ("main", "gc", "综合一班", "390", 14),
    ("main", "prof", "管道安装班", "110", 24),
    ("main", "prof", "电气安装班", "100", 22),
    ("main", "labour", "钢筋一班", "020", 34),
    ("main", "labour", "模板一班", "050", 36),
    ("main", "labour", "混凝土班", "040", 30),
    ("main", "labour", "砌筑班", "010", 30),
    ("kaiping", "gc2", "测量放线班", "300", 10),
    ("kaiping", "labour2", "钢筋班", "020", 34),
    ("kaiping", "labour2", "木工班", "240", 36),
    ("kaiping", "prof2", "消防管道班", "110", 30),
)

# officers of the general contractor at work; trades with certificates, and for how many days
OFFICERS = ("1", "2", "3", "7", "8")
SPECIAL_TRADES = {"电气安装班": "01", "混凝土班": "03", "消防管道班": "07"}
CERTIFIED_FOR = (-20, 12, 260, 400, 610)
# 批量导入 of the general contractor's clerk: workers of a team, the last two with mistakes
IMPORT_TEAM, IMPORT_FILE, IMPORTED, MISTAKEN = "综合一班", "十一月进场工人.xlsx", 6, 2

ARTICLES = (
    ("LAW", "《保障农民工工资支付条例》要点", "国令第724号",
     "<p>施工总承包单位应当开设农民工工资专用账户，并对分包单位农民工工资支付负总责。</p>"
     "<ul><li>用工实名登记，先签合同再进场；</li><li>工资按月足额支付给本人。</li></ul>"),
    ("LAW", "建筑工人实名制管理办法（试行）", "建市〔2019〕18号",
     "<p>全面实行建筑工人实名制，不得使用未登记人员。考勤应采用生物识别等手段。</p>"),
    ("NOTICE", "关于启用实名制监管系统的通知", "江建〔2026〕1号",
     "<p>自本通知发布之日起，辖区内在建项目统一使用本系统登记工人、上传考勤。</p>"),
    ("NOTICE", "高温天气作息时间提醒", "",
     "<p>请各项目合理安排中午休息时间，避免高温时段室外作业。</p>"),
    ("PROCEDURE", "企业注册与项目申请流程", "",
     "<ol><li>注册企业并等待审核；</li><li>申请项目，补全参建单位和许可证；</li>"
     "<li>确认提交审核；</li><li>登记开工。</li></ol>"),
    ("PROCEDURE", "考勤设备接入流程", "",
     "<p>在项目详情点击“设置接口”取得接入编号和密钥，按接口文档对接。</p>"),
    ("QUESTION", "工人身份证号码提示校验位错误怎么办？", "",
     "<p>请核对证件原件的第18位。确认无误仍提示错误的，请联系区住建局。</p>"),
    ("QUESTION", "资料没带齐可以先进场吗？", "",
     "<p>可以先做快速登记，其余资料在3天内补齐，逾期将产生预警。</p>"),
)  # fmt: skip


def working_days(today: date) -> list[date]:
    """Give the days of punches: two months and more up to yesterday, without Sundays.

    They reach into the second month whose wages are due by now (pay day 15, earlier before a
    rest day), so that a firm which has paid nothing owes two months.
    """
    last = today.replace(day=1) - timedelta(days=1)
    if today.day <= PAY_DAY:
        last = last.replace(day=1) - timedelta(days=1)
    owed = last.replace(day=1) - timedelta(days=DAYS_OWED)
    first = min(today - timedelta(days=DAYS_OF_PUNCHES), owed)
    days = [first + timedelta(days=n) for n in range((today - first).days)]
    return [day for day in days if day.weekday() != 6]
