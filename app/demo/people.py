"""Invented people and enterprises: well formed, never real, the same for the same seed."""

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum import luhn
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

MALE, FEMALE = "0", "1"
HAN = "01"


@dataclass(frozen=True)
class Home:
    """A county people come from; `former` are codes its older people carry."""

    region_code: str
    address: str
    issuer: str
    former: tuple[str, ...] = ()


@dataclass(frozen=True)
class Person:
    """One invented person; codes are of the dictionaries gender, nation, bank and so on."""

    name: str
    sex: str
    birth_on: date
    id_number: str
    nation: str
    region_code: str
    address: str
    id_issuer: str
    mobile: str
    bank_code: str
    bank_card: str
    education: str
    politics: str


@dataclass(frozen=True)
class Firm:
    """One invented enterprise, marked （演示） in its name."""

    name: str
    credit_code: str
    region_code: str
    address: str


def _same_day(day: date, year: int) -> date:
    """Give the day in another year; 29 February is 1 March where the year has none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def _home(code: str, place: str, county: str, *former: str) -> Home:
    return Home(code, place + county, county + "公安局", former)


JIANGMEN = (
    Home("440703", "广东省江门市蓬江区", "江门市公安局蓬江分局"),
    Home("440704", "广东省江门市江海区", "江门市公安局江海分局"),
    Home("440705", "广东省江门市新会区", "江门市公安局新会分局", ("440721", "440782")),
    _home("440781", "广东省江门市", "台山市", "440722"),
    _home("440783", "广东省江门市", "开平市", "440724"),
    _home("440784", "广东省江门市", "鹤山市", "440725"),
    _home("440785", "广东省江门市", "恩平市", "440723"),
)
ELSEWHERE = (
    _home("440825", "广东省湛江市", "徐闻县"),
    _home("440981", "广东省茂名市", "高州市"),
    _home("441481", "广东省梅州市", "兴宁市"),
    _home("441881", "广东省清远市", "英德市"),
    _home("445381", "广东省云浮市", "罗定市"),
    _home("450422", "广西壮族自治区梧州市", "藤县"),
    _home("450881", "广西壮族自治区贵港市", "桂平市"),
    _home("450921", "广西壮族自治区玉林市", "容县"),
    _home("450981", "广西壮族自治区玉林市", "北流市"),
    _home("430426", "湖南省衡阳市", "祁东县"),
    _home("430721", "湖南省常德市", "安乡县"),
    _home("431022", "湖南省郴州市", "宜章县"),
    _home("431126", "湖南省永州市", "宁远县"),
    _home("360734", "江西省赣州市", "寻乌县"),
    _home("411527", "河南省信阳市", "淮滨县"),
    _home("511325", "四川省南充市", "西充县"),
    _home("511723", "四川省达州市", "开江县"),
    _home("520328", "贵州省遵义市", "湄潭县"),
)
MINORITIES = (
    ("08", _home("451022", "广西壮族自治区百色市", "田东县")),
    ("13", _home("431129", "湖南省永州市", "江华瑶族自治县")),
    ("15", _home("422822", "湖北省恩施土家族苗族自治州", "建始县")),
    ("06", _home("522634", "贵州省黔东南苗族侗族自治州", "雷山县")),
    ("07", _home("513437", "四川省凉山彝族自治州", "雷波县")),
    ("05", _home("653121", "新疆维吾尔自治区喀什地区", "疏附县")),
    ("17", _home("654021", "新疆维吾尔自治区伊犁哈萨克自治州", "伊宁县")),
)

_SURNAMES = (
    "陈林李黄张梁吴刘王何谭冯罗邓周余司徒关甄伍区朱谢赵杨许曾郑莫苏叶卢韦覃唐蒋彭欧阳易雷龙向田"
)
_DOUBLE_SURNAMES = ("司徒", "欧阳")
_GIVEN_MALE = "伟强建国志明永健文斌家豪俊杰海涛金水柏坚耀荣锦添启发振华石生树林德胜浩然宇航"
_GIVEN_FEMALE = "秀英丽娟玉兰惠珍淑芬雪梅小燕彩霞美玲婉仪诗敏晓桐佩芳春花月娥嘉欣思琪"
_DOTTED = {
    "05": ("阿卜力孜 艾尼瓦尔 吐尔逊江 买买提 图尔荪", "古丽娜尔 阿依古丽 热依汗 帕提古丽"),
    "17": ("叶尔江 巴合提 努尔兰 赛力克", "阿依努尔 古丽夏提 娜孜依古丽"),
    "07": ("沙马 吉克 阿尔 曲比", "阿依 阿果 吉木 沙玛"),
}
_FATHERS = {
    "05": "艾合买提 依明 卡迪尔 吾守尔 托合提".split(),  # noqa: SIM905
    "17": "哈力别克 木合亚提 胡安别克 加尔肯".split(),  # noqa: SIM905
    "07": "尔体 木呷 拉且 友古".split(),  # noqa: SIM905
}
_STREETS = "建设路 人民西路 迎宾大道 东华二路 港口一路 发展大道 胜利新村 育才街 龙湾路".split()  # noqa: SIM905
_VILLAGES = "石桥村 大塘村 新屋村 水口村 东坑村 白石村 榕树村 塘尾村 上坪村".split()  # noqa: SIM905
_BRANDS = "禾汀 朗堤 泽桁 岭渡 虹桉 筑禾 潮砚 汇榕 鼎汀 恒岸 稻川 侨埠".split()  # noqa: SIM905
_LINES = {
    "gc": ("建设集团有限公司", "建筑工程有限公司"),
    "prof_sub": ("机电安装工程有限公司", "地基基础工程有限公司", "装饰工程有限公司"),
    "labor_sub": ("建筑劳务有限公司", "劳务分包有限公司"),
}
_BANKS = {"102": "622202", "103": "622848", "104": "621661", "105": "621700", "403": "621799"}
_CARD_LENGTH = 19
_MINORITY_SHARE, _JIANGMEN_SHARE = 0.12, 0.4
_FORMER_CODES_UNTIL = 1984  # years of birth whose numbers show the county of that time
_EDUCATION = ("01", "02", "02", "02", "03", "03", "04", "05", "06")
_POLITICS = ("13",) * 12 + ("03", "01")
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714


class PeopleGenerator:
    """Makes people out of a seed; ages count on `as_of`, so no clock changes them.

    Numbers are never given out twice by one generator.
    """

    def __init__(self, seed: int | str, *, as_of: date = date(2026, 1, 1)) -> None:
        self._random = random.Random(seed)  # noqa: S311  repeatable, not secret
        self._as_of = as_of
        self._given: set[str] = set()

    def person(self, *, sex: str | None = None, ages: tuple[int, int] = (18, 54)) -> Person:
        """Invent one person whose age in full years lies within `ages`, ends included."""
        pick = self._random
        sex = sex or (MALE if pick.random() < 0.85 else FEMALE)  # men on sites
        nation, home = self._origin()
        birth_on = self._birth(*ages)
        region = home.region_code
        if home.former and birth_on.year <= _FORMER_CODES_UNTIL:
            region = pick.choice(home.former)
        bank = pick.choice(sorted(_BANKS))
        return Person(
            name=self.name(sex, nation),
            sex=sex,
            birth_on=birth_on,
            id_number=self.identity_number(birth_on, sex, region),
            nation=nation,
            region_code=region,
            address=f"{home.address}{pick.choice(_VILLAGES)}{pick.randint(1, 199)}号",
            id_issuer=home.issuer,
            mobile=self.mobile(),
            bank_code=bank,
            bank_card=self.bank_card(bank),
            education=pick.choice(_EDUCATION),
            politics=pick.choice(_POLITICS),
        )

    def people(self, count: int) -> Iterator[Person]:
        """Invent a number of people."""
        return (self.person() for _ in range(count))

    def firm(self, kind: str) -> Firm:
        """Invent an enterprise of Jiangmen; `kind` is a code of the dictionary enterprise_type.

        A name already given out gets a number, so that there are always more.
        """
        home = self._random.choice(JIANGMEN)
        brand = f"江门市{self._random.choice(_BRANDS)}{self._random.choice(_BRANDS)}"
        names = (
            f"{brand}{number or ''}{self._random.choice(_LINES[kind])}（演示）"
            for number in itertools.count()
        )
        name = next(name for name in names if name not in self._given)
        self._given.add(name)
        street = f"{self._random.choice(_STREETS)}{self._random.randint(1, 399)}号"
        code = self.credit_code(home.region_code)
        return Firm(name, code, home.region_code, home.address + street)

    def name(self, sex: str, nation: str = HAN) -> str:
        """Invent a name as people of that nation bear it, some with ·."""
        pick = self._random
        if nation in _DOTTED:
            own = _DOTTED[nation][int(sex)].split()
            return f"{pick.choice(own)}·{pick.choice(_FATHERS[nation])}"
        given = _GIVEN_FEMALE if sex == FEMALE else _GIVEN_MALE
        surname = pick.choice(_SURNAMES)
        surname = next((double for double in _DOUBLE_SURNAMES if surname in double), surname)
        return surname + "".join(pick.sample(given, pick.choice((1, 2, 2, 2))))

    def identity_number(self, birth_on: date, sex: str, region_code: str) -> str:
        """Invent an identity number with its check digit; odd sequence numbers are men's."""

        def draw() -> str:
            sequence = self._random.randrange(2 if sex == FEMALE else 1, 1000, 2)
            body = f"{region_code}{birth_on:%Y%m%d}{sequence:03d}"
            return body + mod_11_2.calc_check_digit(body)

        return self._fresh(draw)

    def mobile(self) -> str:
        """Invent a mobile number, all of the range 190 0000, so that it is seen to be invented."""
        return self._fresh(lambda: f"190000{self._random.randrange(100_000):05d}")

    def bank_card(self, bank_code: str) -> str:
        """Invent a card of 19 digits of a bank, with its Luhn digit."""

        def draw() -> str:
            prefix = _BANKS[bank_code]
            width = _CARD_LENGTH - 1 - len(prefix)
            body = f"{prefix}{self._random.randrange(10**width):0{width}d}"
            return body + luhn.calc_check_digit(body)

        return self._fresh(draw)

    def credit_code(self, region_code: str) -> str:
        """Invent a credit code of an enterprise, both of its check characters right."""

        def draw() -> str:
            organisation = f"{self._random.randrange(10**8):08d}"
            total = sum(
                int(digit) * weight
                for digit, weight in zip(organisation, _ORGANISATION_WEIGHTS, strict=True)
            )
            check = "0123456789X0"[11 - total % 11]
            body = f"91{region_code}{organisation}{check}"
            return body + uscc.calc_check_digit(body)

        return self._fresh(draw)

    def _origin(self) -> tuple[str, Home]:
        pick = self._random
        if pick.random() < _MINORITY_SHARE:
            return pick.choice(MINORITIES)
        homes = JIANGMEN if pick.random() < _JIANGMEN_SHARE else ELSEWHERE
        return HAN, pick.choice(homes)

    def _birth(self, youngest: int, oldest: int) -> date:
        """Draw a birth date; full years are reached the day after the birthday."""
        first = _same_day(self._as_of, self._as_of.year - oldest - 1)
        last = _same_day(self._as_of, self._as_of.year - youngest) - timedelta(days=1)
        return first + timedelta(days=self._random.randint(0, (last - first).days))

    def _fresh(self, draw: Callable[[], str]) -> str:
        while (value := draw()) in self._given:
            pass
        self._given.add(value)
        return value
