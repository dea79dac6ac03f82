"""Punches by interface: stored with day book and chain link, beside a bare program.

Two processes of the web server, the database beside them, a closed loop of eight site systems
on 127.0.0.1. Ours and the floor take the same calls in the same run.
"""

import os
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from app.core import postgres
from app.openapi import cipher, protocol
from bench import field, floor
from bench.registry import Measured, benchmark
from bench.served import served

PUNCHES = 16_000  # of a run, after a fifth of it to warm up
HALF_A_MILLISECOND = 0.5


@dataclass
class Round:
    """What the last run of our own took, which the figure of waiting is read from."""

    load: field.Load


_last: dict[int, Round] = {}


@cache
def at_sites() -> list[field.Site]:
    """Give the sites, made once a state folder."""
    return field.sites(served().app, Path(os.environ["VAR"]))


def prepared(size: int) -> Any:
    """Give what makes the calls of a size."""

    def prepare() -> int:
        at_sites()
        return size

    return prepare


def lines(size: int, punches: int) -> list[list[bytes]]:
    """Write the calls of every site, none of which any run has sent before."""
    each = max(1, punches // size // field.SITES)
    begin = field.begin_at(Path(os.environ["VAR"]), each * size)
    found = []
    for site in at_sites():
        writer = field.Writer(site, size, begin)
        found.append([writer.call() for _turn in range(each)])
    return found


def loaded(target: str, size: int, **environ: str) -> field.Load:
    """Serve a program, let it warm up after a checkpoint, and send it the calls."""
    with field.gunicorn(target, **environ) as port:
        field.drive(port, lines(size, PUNCHES // 5), size)
        field.checkpoint(served().app.config["DATABASE_ADMIN_URL"])
        load = field.drive(port, lines(size, PUNCHES), size)
    if load.failed:
        raise RuntimeError(f"{load.failed} of {load.calls} calls were refused")
    return load


def ours(size: int) -> Measured:
    """Give the milliseconds of a thousand punches, stored with their days and their link."""
    load = loaded("run:app", size)
    _last[size] = Round(load)
    return _measured(load)


def bare(size: int) -> Measured:
    """Give the same of the bare program."""
    address = postgres.libpq(served().app.config["DATABASE_ADMIN_URL"])
    with psycopg.connect(address) as connection:
        connection.execute(floor.TABLE)  # type: ignore[arg-type]
    return _measured(loaded("bench.floor:app", size, FLOOR_DATABASE=address))


def _measured(load: field.Load) -> Measured:
    said = f"{load.rate:,.0f}/s, p50 {load.middle:.0f} ms, p99 {load.at(0.99):.0f} ms"
    return Measured(1_000_000 / load.rate, said)


def waited(size: int) -> Measured:
    """Give the slowest hundredth of the calls of our last run."""
    if size not in _last:
        ours(size)
    return Measured(_last[size].load.at(0.99))


def middle(size: int) -> Measured:
    """Give the middle call of the same run."""
    if size not in _last:
        ours(size)
    return Measured(_last[size].load.middle)


for _size in (20, 100):
    benchmark(
        f"punches by interface, {_size} a call, a thousand", floor=bare,
        floor_name="Flask, signature, decryption, one INSERT", at_most=2.5,
        prepare=prepared(_size), once=True,
        note=f"({'5,000' if _size == 20 else '16,000'}/s)",
    )(ours)  # fmt: skip
benchmark(
    "punches by interface, 20 a call: p99", floor=middle, floor_name="the middle call",
    at_most=10, prepare=prepared(20), once=True,
)(waited)  # fmt: skip


def one_call() -> tuple[Any, str]:
    """Give a call of 20 as it stands after the form was read, and its secret."""
    site = at_sites()[0]
    body = field.Writer(site, 20, 0).call().partition(b"\r\n\r\n")[2].decode()
    given = dict(part.split("=", 1) for part in body.split("&"))
    plain = {name: field.urllib.parse.unquote_plus(value) for name, value in given.items()}
    return protocol.read_envelope(plain), site.secret


def proved(context: tuple[Any, str]) -> None:
    """Check the signature of a call and decrypt its numbers."""
    envelope, secret = context
    if not protocol.signature_matches(envelope, secret):
        raise RuntimeError("the signature is ours")
    items = field.json.loads(envelope.data_text)["dataList"]
    cipher.decrypt_all([item["idCardNumber"] for item in items], secret)


def half_a_millisecond(_context: Any) -> Measured:
    """Give what it may take."""
    return Measured(HALF_A_MILLISECOND)


def proving(context: Any) -> Measured:
    """Time a hundred of them: one is too short to be timed."""
    began = time.process_time()
    for _turn in range(100):
        proved(context)
    return Measured((time.process_time() - began) * 10)


benchmark(
    "signature and decryption of a call of 20", floor=half_a_millisecond,
    floor_name="half a millisecond", at_most=1, prepare=one_call,
)(proving)  # fmt: skip
