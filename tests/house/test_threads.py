"""Threads of one web process: lists asked at once by different users never mix."""

import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

THREADS, ROUNDS, START_SECONDS = 8, 8, 180


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def read(url, cookie=""):
    request = Request(url, headers={"Cookie": cookie, "Accept-Language": "zh"})
    with urlopen(request, timeout=60) as answer:
        return answer.status, answer.read().decode()


def await_answer(url):
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            return read(url)
        except URLError:
            time.sleep(0.2)
    raise AssertionError("the web server does not answer")


def test_eight_users_reading_lists_at_once_see_only_their_own(place):
    place.run("prepare")
    made = json.loads(place.run("eight-firms", app="tests.house.eight_firms").splitlines()[-1])
    names = {firm["name"] for firm in made["firms"]}
    assert len(names) == THREADS
    port = free_port()
    place.serve(port, THREADS)
    address = f"http://127.0.0.1:{port}"
    await_answer(f"{address}/healthz")
    start = threading.Barrier(THREADS)

    def ask(firm):
        start.wait(timeout=60)
        wrong = []
        for number in range(ROUNDS):
            others = quote(next(iter(names - {firm["name"]})))
            word = ("", quote(firm["name"]), others)[number % 3]
            _status, page = read(f"{address}{made['list']}?keyword={word}", firm["cookie"])
            cells = page.split("<tbody>")[1] if "<tbody>" in page else ""
            seen = {name for name in names if name in cells}
            expected = set() if word == others else {firm["name"]}
            if seen != expected:
                wrong.append((word, seen))
        return wrong

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(ask, made["firms"])) == [[]] * THREADS
