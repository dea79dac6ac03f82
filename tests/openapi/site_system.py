"""A site system (项目端) written from the interface description alone.

Nothing of the program is imported: what it sends is what a vendor would send after reading
the description, with its own signing, encryption and transport.
"""

import base64
import hashlib
import http.client
import json
import time
import urllib.parse
import uuid
from datetime import UTC, datetime, timedelta, timezone

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

CHINA = timezone(timedelta(hours=8))
FORM = "application/x-www-form-urlencoded"


def china_now(**shift):
    return datetime.now(UTC).astimezone(CHINA) + timedelta(**shift)


class SiteSystem:
    """One vendor's program at one site."""

    def __init__(self, port, appid, secret, path="/open.api"):
        self.port, self.appid, self.secret, self.path = port, appid, secret, path
        self.status = self.headers = None

    # section 4.1
    def encrypt(self, plain):
        key = self.secret.encode()
        padder = padding.PKCS7(128).padder()
        padded = padder.update(plain.encode()) + padder.finalize()
        encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
        return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()

    def decrypt(self, text):
        key = self.secret.encode()
        decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        padded = decryptor.update(base64.b64decode(text)) + decryptor.finalize()
        unpadder = padding.PKCS7(128).unpadder()
        return (unpadder.update(padded) + unpadder.finalize()).decode()

    # section 3
    def sign(self, parameters):
        names = sorted(name for name in parameters if name not in ("sign", "appsecret"))
        text = "&".join(f"{name}={parameters[name]}" for name in names)
        return hashlib.sha256(f"{text}&appsecret={self.secret}".lower().encode()).hexdigest()

    # section 2
    def parameters(self, method, data, **changes):
        found = {
            "appid": self.appid,
            "data": data if isinstance(data, str) else json.dumps(data, ensure_ascii=False),
            "format": "json",
            "method": method,
            "nonce": uuid.uuid4().hex,
            "timestamp": china_now().strftime("%Y%m%d%H%M%S"),
            "version": "1.0",
            **changes,
        }
        if "sign" not in found:
            found["sign"] = self.sign(found)
        return {name: value for name, value in found.items() if value is not None}

    def call(self, method, data, **changes):
        return self.send(self.parameters(method, data, **changes))

    def send(self, parameters):
        return self.post(urllib.parse.urlencode(parameters).encode(), FORM)

    # section 1
    def post(self, body, content_type, *, verb="POST", headers=()):
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request(
                verb, self.path, body=body,
                headers={"Content-Type": content_type, **dict(headers)},
            )  # fmt: skip
            answer = line.getresponse()
            self.status, self.headers = answer.status, answer.headers
            text = answer.read()
        finally:
            line.close()
        return json.loads(text) if text else None

    def multipart(self, parameters):
        mark = uuid.uuid4().hex
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in parameters.items()
        ]
        body = ("".join(parts) + f"--{mark}--\r\n").encode()
        return self.post(body, f"multipart/form-data; boundary={mark}")

    # section 6
    def outcome(self, serial):
        for _turn in range(20):
            reply = self.call("AsyncHandleResult.Query", {"requestSerialCode": serial})
            assert reply["code"] == "0", reply
            if reply["data"]["status"] != 0:
                return reply["data"]
            time.sleep(0.5)
        raise AssertionError("the write never ended")

    def write(self, method, data, **changes):
        reply = self.call(method, data, **changes)
        assert reply["code"] == "0", reply
        return self.outcome(reply["data"]["requestSerialCode"])
