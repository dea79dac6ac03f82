"""What fields mean that are no columns, for the interface document (screens.md 7.1)."""

WORDS = {
    "workerList": "工人列表", "contractList": "劳动合同列表", "workers": "参训人员列表",
    "attachments": "附件（名称和内容）", "url": "文件地址", "isPass": "是否合格",
    "typeCode": "培训类型代码", "manageType": "管理岗位代码，现场管理人员填写",
    "headImageSuffix": "照片格式，如 jpg",
    "cardDate": "证件有效期，如 2017年08月22日-2027年08月22日",
    "inDate": "进场日期", "outDate": "退场日期", "entryExitDate": "进退场日期",
    "dateTime": "进退场时间", "entryExitId": "进退场记录编号",
    "entryAttachmentUrl": "最近进场凭证地址", "exitAttachmentUrl": "最近退场凭证地址",
    "issueCardPicUrl": "办卡照片地址", "birthPlaceCode": "籍贯代码", "isJoined": "是否加入工会",
    "certificationType": "证书类别", "certificationName": "证书名称",
    "certificationNo": "证书编号", "grantDate": "发证日期", "certificationStatus": "证书状态",
    "badRecordTypeCode": "不良行为类别代码", "badRecordLevelType": "不良行为级别",
    "occurrenceDate": "发生日期", "reason": "事由", "goodRecordTypeCode": "良好行为类别代码",
    "goodRecordLevelType": "良好行为级别", "details": "内容", "blackReason": "列入原因",
    "endDate": "结束日期", "code": "代码", "nameEn": "英文名称", "offered": "是否可选",
    "alertId": "预警编号", "ruleCode": "规则代码", "ruleName": "规则名称", "level": "预警级别",
    "levelName": "预警级别名称", "state": "状态", "stateName": "状态名称",
    "firstTime": "首次发现时间", "dueTime": "处理期限", "content": "内容",
}  # fmt: skip
