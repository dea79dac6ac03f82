"""Comparison of personal names; what is stored stays as it was typed (screens.md section 0)."""

import re
import unicodedata

DOT = "·"
_DOTS = "·•・．.‧∙⋅●▪◦･﹒"

# Rare-character variants: the form of the national list (通用规范汉字表) first, then the forms
# that other programs, banks and card readers write for the same character.
_VARIANTS = """
㧏掆 㧑撝 㭎棡 䜣訢 䶮龑 伟偉 佩珮 侃偘 俦儔 凌淩 勋勳勛 垲塏 埙塤 娴嫻嫺 婵嬋
峣嶢 峰峯 崃崍 嵘嶸 嵚嶔 庄莊 怿懌 恺愷 旸暘 昆崑崐 昽曨 晔曄 晖暉 栋棟 桢楨
梿槤 沣灃 法灋 泷瀧 泽澤 浔潯 涞淶 涟漣 渌淥 溁濚 滢瀅 潆瀠 澜瀾 炜煒 炯烱
烨燁爗 焘燾 煴熅 玙璵 玮瑋 玱瑲 珏玨 珑瓏 珲琿 琎璡 瑶瑤 瑷璦 璇璿 璎瓔 瓒瓚
皓暠 祃禡 祎禕 祯禎 秘祕 绂紱 绡綃 缊縕 缜縝 苈藶 荭葒 莳蒔 蔺藺 薮藪 袆褘
觊覬 贽贄 赟贇 赪赬 轲軻 辂輅 辉煇 邺鄴 郏郟 钊釗 钜鉅 钧鈞 钰鈺 铉鉉 铭銘
锜錡 锴鍇 锷鍔 锽鍠 镒鎰 镕鎔 镠鏐 闿闓 阊閶 颀頎 颋頲 颖穎頴 飏颺 饬飭 骉驫
骏駿 骐騏 骕驌 骞騫 骢驄 骦驦 鲲鯤 鸾鸞 鹍鵾 鹏鵬 鹔鷫 黉黌 𫄸纁 𫖮顗 𫖯頫
𫘝駃 𫢸僤 𫭟塸 𫭢埨 𫮃墠 𫰛娙 𫶇嵽 𫷷廞 𫸩彄 𬀩暐 𬀪晛 𬂩梜 𬃊櫍 𬇕澫 𬇙浿
𬇹漍 𬉼熰 𬊈燖 𬊤燀 𬍛瓅 𬍡璗 𬍤璕 𬒈礐 𬕂篢 𬘓紃 𬘘紞 𬘡絪 𬘩綎 𬘫綄 𬘬綪
𬘭綝 𬘯綧 𬙂縯 𬙊纆 𬙋纕 𬜬蔄 𬟁虉 𬟽蝀 𬣙訏 𬣞詝 𬣡諓 𬣳詪 𬤇諲 𬤊諟 𬤝譓
𬨂軝 𬨎輶 𬩽鄩 𬪩醲 𬬩釴 𬬭錀 𬬮鋹 𬬱釿 𬬸鉥 𬬹鉮 𬬻鑪 𬬿鉊 𬭁鉧 𬭎鋐 𬭚錞
𬭤鍭 𬭩鎓 𬭬鏏 𬭭鏚 𬭸鏻 𬭼鐩 𬮱闉 𬮿隑 𬯀隮 𬯎隤 𬱖頔 𬱟頠 𬳵駓 𬳶駉 𬳽駪
𬳿駼 𬴂騑 𬴃騞 𬴊驎 𬶋鮈 𬶍鮀 𬶏鮠 𬶐鮡 𬶟鯻 𬶠鰊 𬶨鱀 𬶭鰶 𬶮鱚 𬷕鵏 𬸘鶠
𬸚鸑 𬸣鶱 𬸦鷟 𬸪鷭 𬸯鷿 𬹼齘 𬺈齮 𬺓齼
"""
_PRIVATE_USE = {"\ue863": "䶮"}  # where GB 18030-2000 kept the character

_FOLDED = str.maketrans(
    dict.fromkeys(_DOTS, DOT)
    | {variant: group[0] for group in _VARIANTS.split() for variant in group[1:]}
    | _PRIVATE_USE
)
_JOINTS = frozenset(f"{_DOTS} -'’.")
_LEAST_LETTERS = 2
_UNSEEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")


def compare_key(name: str) -> str:
    """Return what two spellings of one name share (screens.md section 0, 姓名).

    Unified are the dots of names, full width, letter case and the listed variants of
    rare characters; blanks go.
    """
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", name))
    return _UNSEEN.sub("", plain).translate(_FOLDED).casefold()


def same_name(one: str, other: str) -> bool:
    """Tell whether two spellings are one name; an empty one equals nothing."""
    if one == other and one.isalnum():
        return True
    key = compare_key(one)
    return bool(key) and key == compare_key(other)


def is_name(text: str) -> bool:
    """Tell whether a text can be a person's name: two letters at least, of whatever script.

    Between them stand dots, blanks, hyphens and apostrophes, as minorities and foreigners write
    their names; characters programs keep in the private area are letters too.
    """
    letters = 0
    for sign in text.strip():
        kind = unicodedata.category(sign)
        if kind[0] == "L" or kind in {"Co", "Nl"}:
            letters += 1
        elif kind[0] != "M" and sign not in _JOINTS:
            return False
    return letters >= _LEAST_LETTERS
