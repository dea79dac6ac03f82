"""The fields of section 9 of the interface description, a line each: name, R, E, dictionary.

R is ``R`` where the description demands the field of the method named first, ``c`` where it does
on a condition; ``E`` marks what travels encrypted.
"""

TEAM = """
teamName R
responsiblePersonName
responsiblePersonPhone
responsiblePersonIDCardType id_card_type
responsiblePersonIDNumber E
remark
entryTime
exitTime
entryAttachments
exitAttachments
"""
WORKER = """
workerName R
isTeamLeader R
idCardType R id_card_type
idCardNumber R E
workType R work_type
workRole R work_role
issueCardDate
issueCardPic
cardNumber
payRollBankCardNumber E
payRollBankName
bankLinkNumber
payRollTopBankCode bank_code
hasBuyInsurance
nation c nation
address R
headImage R
politicsType c politics_type
joinedTime
cellPhone R
cultureLevelType R culture_level
Specialty
hasBadMedicalHistory
urgentLinkMan
urgentLinkManPhone
workDate
maritalStatus marital_status
grantOrg c
positiveIDCardImage
negativeIDCardImage
startDate
expiryDate
manageType
"""
WITHOUT_HEAD = """
teamSysNo
gender
headImageSuffix
cardDate
inDate
outDate
"""
WORKER_REPLY = """
projectCode
corpCode
corpName
teamSysNo
teamName
workerName
isTeamLeader
idCardType
idCardNumber E
workType
workRole
entryTime
exitTime
entryAttachmentUrl
exitAttachmentUrl
issueCardDate
cardNumber
payRollBankCardNumber E
payRollBankName
bankLinkNumber
payRollTopBankCode
payRollTopBankName
issueCardPicUrl
issueCardPic
hasContract
hasBuyInsurance
gender
birthday
birth_place_code
address
cellPhone
grantOrg
headImage
nation
startDate
expiryDate
"""
ENTRY_EXIT = """
idCardType R id_card_type
idCardNumber R E
date R
type R entry_exit_type
voucher
"""
CONTRACT = """
corpCode R
corpName R
idCardType R id_card_type
idCardNumber R E
contractPeriodType R contract_period_type
startDate R
endDate R
unit unit
unitPrice
attachments
"""
ATTENDANCE = """
idCardType R id_card_type
idCardNumber R E
date R
direction R direction
image
channel
attendType attend_type
lng
lat
"""
TRAINING = """
projectCode R
trainingDate R
trainingDuration R
trainingName R
trainingTypeCode R training_type
trainer
trainingOrg
trainingAddress
description
attachments
workers
"""
TRAINEE = """
idCardType R id_card_type
idCardNumber R E
isPass R
trainingScore
"""
HEAD = """
projectCode R
corpCode R
corpName R
teamSysNo R
"""
COMPANY_QUERY = """
pageIndex
pageSize
projectCode R
corpCode
corpName
"""
PERSON_QUERY = """
idCardType id_card_type
idCardNumber E
"""
CORP = """
corpCode R
corpName R
corpType corp_register_type
licenseNum
areaCode R area_code
address
zipCode
legalMan
legalManDuty
legaManProTitle
legalManIDCardType id_card_type
legalManIDCardNumber E
regCapital
factRegCapital
capitalCurrencyType currency
registerDate
establishDate
officePhone
faxNumber
linkman
linkTel
email
website
remark
"""
PARTICULARS = """
description
category project_category
buildCorpName
buildCorpCode
buildPlanNum E
prjPlanNum E
invest
buildingArea
buildingLength
linkMan
linkPhone
prjStatus R project_status
lat
lng
address
approvalNum
approvalLevelNum approval_level
prjSize project_size
propertyNum construction_nature
functionNum project_function
nationNum
thirdPartyProjectCode
"""
PROJECT = """
contractorCorpCode R
contractorCorpName R
name R
builderLicenses R
areaCode R area_code
startDate
completeDate
""" + PARTICULARS.replace("category", "category R", 1)
UNIT = """
projectCode R
corpCode R
corpName R
corpType R corp_type
entryTime
exitTime
bankInfos
pmName
pmIDCardType id_card_type
pmIDCardNumber E
pmPhone
"""
BANKS = """
bankCode R bank_code
bankName R
bankNumber R E
bankLinkNumber
"""
PAYROLL = """
projectCode R
corpCode R
corpName R
teamSysNo R
payMonth R
attachments
detailList R
"""
PAYROLL_LINE = """
idCardType R id_card_type
idCardNumber R E
days
workHours
payRollBankCardNumber R E
payRollBankCode R bank_code
payRollBankName R
payBankCardNumber R E
payBankCode R bank_code
payBankName R
totalPayAmount R
actualAmount R
isBackPay R
balanceDate R
backPayMonth c
thirdPayRollCode
"""
# section, method, place of the fields ("" for the message itself, "reply" for its rows), table
TABLES = (
    ("9.1", "Corp.Upload", "", CORP),
    ("9.1", "Corp.Query", "", "pageIndex\npageSize\ncorpCode\ncorpName"),
    ("9.1", "Corp.Query", "reply", CORP.replace(" R", "")),
    ("9.2", "Project.Add", "", PROJECT),
    ("9.2", "Project.Add", "builderLicenses", "prjName R\nbuilderLicenseNum R E"),
    ("9.2", "Project.Update", "", "projectCode R" + PROJECT),
    ("9.2", "Project.PartUpdate", "", PARTICULARS),
    ("9.2", "Project.Query", "", "pageIndex\npageSize\nprojectCode\ncontractorCorpCode\n"
     "contractorCorpName"),
    ("9.3", "ProjectSubContractor.Add", "", UNIT),
    ("9.3", "ProjectSubContractor.Add", "bankInfos", BANKS),
    ("9.3", "ProjectSubContractor.Update", "", UNIT.replace(" R", "").replace(
        "corpCode", "corpCode R").replace("corpName", "corpName R")),
    ("9.3", "ProjectSubContractor.Query", "", COMPANY_QUERY),
    ("9.3", "ProjectSubContractor.Query", "reply", UNIT.replace(" R", "")),
    ("9.4", "Team.Add", "", "projectCode R\ncorpCode R\ncorpName R" + TEAM),
    ("9.4", "Team.Update", "", "teamSysNo R" + TEAM.replace(" R", "")),
    ("9.4", "Team.Query", "", COMPANY_QUERY + "teamSysNo\nteamName"),
    ("9.4", "Team.Query", "reply", TEAM.replace(" R", "") + "teamLeaderName\nteamLeaderPhone\n"
     "teamLeaderIDCardType\nteamLeaderIDNumber E"),
    ("9.5", "ProjectWorker.Add", "", HEAD.replace("teamSysNo R", "teamSysNo c") + "teamName R"),
    ("9.5", "ProjectWorker.Add", "workerList", WORKER + WITHOUT_HEAD),
    ("9.5", "ProjectWorker.Query", "", COMPANY_QUERY + "teamSysNo" + PERSON_QUERY),
    ("9.5", "ProjectWorker.Query", "reply", WORKER_REPLY),
    ("9.6", "WorkerEntryExit.Add", "", HEAD),
    ("9.6", "WorkerEntryExit.Add", "workerList", ENTRY_EXIT),
    ("9.6", "WorkerEntryExit.Query", "", COMPANY_QUERY + "teamSysNo\nentryExitDate" + PERSON_QUERY),
    ("9.6", "WorkerEntryExit.Query", "reply",
     "teamName\ndateTime\nentryExitId\nvoucher\ndate\ntype"),
    ("9.7", "WorkerContract.Add", "", "projectCode R\ncontractList R"),
    ("9.7", "WorkerContract.Add", "contractList", CONTRACT),
    ("9.7", "WorkerContract.Query", "", COMPANY_QUERY + PERSON_QUERY),
    ("9.7", "WorkerContract.Query", "reply", CONTRACT.replace(" R", "")),
    ("9.8", "WorkerAttendance.Add", "", "projectCode R\nteamSysNo R\ndataList R"),
    ("9.8", "WorkerAttendance.Add", "dataList", ATTENDANCE),
    ("9.8", "WorkerAttendance.Query", "", COMPANY_QUERY + "teamSysNo\ndate R" + PERSON_QUERY),
    ("9.9", "Payroll.Add", "", PAYROLL),
    ("9.9", "Payroll.Add", "detailList", PAYROLL_LINE),
    ("9.9", "Payroll.Query", "", "pageIndex\npageSize\nprojectCode R\npayMonth R\ncorpCode R\n"
     "corpName R\nteamSysNo\npayrollCode" + PERSON_QUERY),
    ("9.10", "ProjectTraining.Add", "", TRAINING),
    ("9.10", "ProjectTraining.Add", "workers", TRAINEE),
    ("9.10", "ProjectTraining.Query", "", "pageIndex\npageSize\nprojectCode R\ntrainingDate\n"
     "typeCode training_type"),
    ("9.11", "Worker.Query", "", "pageIndex\npageSize" + PERSON_QUERY),
    ("9.11", "WorkerCredential.Query", "", "pageIndex\npageSize" + PERSON_QUERY),
)  # fmt: skip
METHODS = (
    "Payroll.Add", "Payroll.Query", "WageAccount.Add", "WageAccount.Query", "BankReceipt.Add",
    "Corp.Upload", "Corp.Query", "CorpCredential.Query", "CorpBadRecord.Query",
    "CorpGoodRecord.Query", "CorpBlackList.Query", "Project.Add", "Project.Update",
    "Project.PartUpdate", "ProjectSubContractor.Add", "ProjectSubContractor.Update",
    "ProjectSubContractor.Query",
    "Team.Add", "Team.Update", "Team.Query", "ProjectWorker.Add", "ProjectWorker.Update",
    "ProjectWorker.Query", "WorkerEntryExit.Add", "WorkerEntryExit.Query", "WorkerContract.Add",
    "WorkerContract.Query", "WorkerAttendance.Add", "WorkerAttendance.Query",
    "ProjectTraining.Add", "ProjectTraining.Query", "Worker.Query", "WorkerCredential.Query",
    "WorkerBadRecord.Query", "WorkerGoodRecord.Query", "WorkerBlackList.Query",
    "AsyncHandleResult.Query", "CheckSign.Query", "Project.Query", "Dict.Query", "Alert.Query",
)  # fmt: skip


def lines():
    """Give each line of the tables: section, method, place, name, and its marks."""
    for section, method, place, table in TABLES:
        for line in table.split("\n"):
            if line.strip():
                name, *marks = line.split()
                yield section, method, place, name, marks
