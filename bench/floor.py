"""The bare floor of the interface: Flask, signature, decryption, one statement, no day book.

Served as ``bench.floor:app``. It knows one secret and one table, has no policy, no check of a
field, no log and no evidence: what any program that takes these calls pays at least.
"""

import base64
import hashlib
import hmac
import json
import os
import threading
from pathlib import Path
from typing import Any

import psycopg
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from flask import Flask, Response, request

TABLE = """
    create table if not exists floor_punch (
      project_id bigint not null, id_number text not null, punched_at timestamp not null,
      direction text not null, team_no bigint, channel text, attend_type text,
      received_at timestamptz not null default now(),
      primary key (project_id, id_number, punched_at, direction))
"""
INSERT = """
    insert into floor_punch (project_id, id_number, punched_at, direction, team_no, channel,
      attend_type)
    select %s, i, t, d, %s, c, a
    from unnest(%s::text[], %s::timestamp[], %s::text[], %s::text[], %s::text[]) as u(i, t, d, c, a)
    on conflict do nothing
"""
app = Flask(__name__)
app.config["MAX_FORM_MEMORY_SIZE"] = 25_000_000
_lines = threading.local()
_secrets: dict[str, tuple[int, str]] = {}


def _known(appid: str) -> tuple[int, str]:
    if not _secrets:
        sites = json.loads((Path(os.environ["VAR"]) / "sites.json").read_text())
        _secrets.update({one["code"]: (one["project_id"], one["secret"]) for one in sites})
    return _secrets[appid]


def _line() -> psycopg.Connection[Any]:
    if not hasattr(_lines, "connection"):
        _lines.connection = psycopg.connect(os.environ["FLOOR_DATABASE"], prepare_threshold=1)
    return _lines.connection


@app.get("/healthz")
def healthz() -> str:
    """Tell that the process lives."""
    return "ok"


@app.post("/open.api")
def call() -> Response:
    """Check the signature, decrypt, store."""
    given = request.form
    number, secret = _known(given["appid"])
    names = sorted(name for name in given if name != "sign")
    text = "&".join(f"{name}={given[name]}" for name in names) + f"&appsecret={secret}"
    signed = hashlib.sha256(text.lower().encode()).hexdigest()
    if not hmac.compare_digest(signed, given["sign"]):
        return Response('{"code":"-2"}', mimetype="application/json")
    data = json.loads(given["data"])
    items = data["dataList"]
    line = _line()
    line.execute(INSERT, (
        number, data["teamSysNo"], [_plain(i["idCardNumber"], secret) for i in items],
        [i["date"] for i in items], [i["direction"] for i in items],
        [i["channel"] for i in items], [i["attendType"] for i in items],
    ))  # fmt: skip
    line.commit()
    return Response('{"code":"0","message":"ok"}', mimetype="application/json")


def _plain(text: str, secret: str) -> str:
    key = secret.encode()
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    padded = decryptor.update(base64.b64decode(text)) + decryptor.finalize()
    unpadder = PKCS7(128).unpadder()
    return (unpadder.update(padded) + unpadder.finalize()).decode()
