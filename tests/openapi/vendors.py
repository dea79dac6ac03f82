"""A vendor's program in the trial environment: a good one, and its course from team to query."""

import json
from types import SimpleNamespace

from tests.factories import openapi
from tests.openapi.site_system import SiteSystem, china_now


class Vendor(SiteSystem):
    """A site system that does everything once, and asks for every outcome."""

    def bind(self, client_id, head, numbers):
        """Tell it where it works, and which test persons it may send."""
        self.client_id, self.head, self.numbers = client_id, head, numbers
        return self

    def human(self, place=0, name=None):
        return SimpleNamespace(
            id_number=self.numbers[place], name=name or f"测试{'甲乙丙丁戊己庚辛壬癸'[place]}",
            mobile=f"1380000000{place}",
        )  # fmt: skip

    def team(self, name="测试一班"):
        return json.loads(self.write("Team.Add", {**self.head, "teamName": name})["result"])[
            "teamSysNo"
        ]

    def workers(self, number, *humans, **more):
        return {
            **self.head, "teamSysNo": number, "teamName": "测试一班",
            "workerList": [openapi.worker_item(self, one, **more) for one in humans],
        }  # fmt: skip

    def movement(self, number, human, **more):
        return {
            **self.head, "teamSysNo": number, "workerList": [{
                "idCardType": "01", "idCardNumber": self.encrypt(human.id_number),
                "date": china_now(days=-2).strftime("%Y-%m-%d"), "type": 1, **more,
            }],
        }  # fmt: skip

    def punch(self, human, moment, direction="01", **more):
        return {
            "idCardType": "01", "idCardNumber": self.encrypt(human.id_number),
            "date": moment.strftime("%Y-%m-%d %H:%M:%S"), "direction": direction, **more,
        }  # fmt: skip

    def attendance(self, number, *punches):
        return {
            "projectCode": self.head["projectCode"], "teamSysNo": number, "dataList": list(punches),
        }  # fmt: skip

    def attend(self, *punches):
        return self.write("WorkerAttendance.Add", self.attendance(self.number, *punches))

    def ask(self, method, **more):
        return self.call(method, {
            "pageIndex": 0, "pageSize": 50, "projectCode": self.head["projectCode"], **more,
        })  # fmt: skip

    def course(self):
        """From team to query, each step once."""
        human, self.number = self.human(), self.team()
        assert self.write("ProjectWorker.Add", self.workers(self.number, human))["status"] == 20
        assert self.write("WorkerEntryExit.Add", self.movement(self.number, human))["status"] == 20
        morning = china_now(days=-1).replace(hour=7, minute=2, second=4)
        evening = morning.replace(hour=17, minute=31)
        assert self.attend(self.punch(human, evening, "02"))["status"] == 20
        assert self.attend(self.punch(human, morning))["status"] == 20
        assert self.ask("Team.Query")["code"] == "0"
