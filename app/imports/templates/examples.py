"""The invented firm, team and people of the example rows; every number passes its check."""

UNIT = {"unit_id": "91440700MA9999996T", "team_id": "钢筋一班"}
UNIT_NAME = "江门市某某劳务有限公司"
PERSON = {
    "name": "张三", "id_type": "居民身份证", "id_number": "440703198504120002",
    "mobile": "13800138000",
}  # fmt: skip
MANAGER = {
    "name": "李四", "id_type": "居民身份证", "id_number": "440703198811230113",
    "mobile": "13900139000",
}  # fmt: skip
HOME = {
    "nationality": "中国", "sex": "女", "birth_on": "1985-04-12", "nation": "汉族",
    "address": "江门市蓬江区建设路1号",
}  # fmt: skip
CONTRACT = {
    "employment_type": "劳动合同", "contract_no": "HT-001", "contract_signed_on": "2026-11-01",
    "contract_term": "固定期限合同", "contract_from": "2026-11-01", "contract_to": "2027-10-31",
    "pay_method": "日薪", "pay_rate": "350.00",
}  # fmt: skip


def of(prefix: str, example: dict[str, str]) -> dict[str, str]:
    """Give an example under the names columns have with a prefix, such as ``leader_name``."""
    return {f"{prefix}_{name}": value for name, value in example.items()}
