"""Where keys come from: the environment, else a file that the first start writes."""

import base64
import binascii
import fcntl
import json
import os
import re
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _

from app.core.vault.errors import KeyFileDamaged, KeyFileUnsafe, KeySettingInvalid

DATA_KEY_BYTES = 32
HASH_KEY_BYTES = 32
SECRET_KEY_LENGTH = 16
KEY_FILE = "keys.json"
LOCK_FILE = "keys.lock"
KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_PARTS = frozenset({"data_keys", "hash_key", "secret_key"})


def load(var: Path, environ: Mapping[str, str]) -> tuple[dict[str, bytes], bytes, str]:
    """Give data keys (current first), hash key and secret key, made where they are missing."""
    given = _from_environment(environ)
    path = Path(var) / KEY_FILE
    stored = _read_key_file(path)
    if stored is None and len(given) < len(_PARTS):
        stored = _create_key_file(path, missing=_PARTS - given.keys())
    stored = _completed(path, given, stored or {})
    if "hash_key" in given and given["hash_key"] != stored.get("hash_key", given["hash_key"]):
        raise KeySettingInvalid(
            _(
                "HASH_KEY differs from the one in %(path)s, under which stored numbers are "
                "found. Set that value, or remove it from the file after rehashing.",
                path=str(path),
            )
        )
    keys = dict(given.get("data_keys", {}))
    for key_id, key in stored.get("data_keys", {}).items():
        if keys.setdefault(key_id, key) != key:
            raise KeySettingInvalid(
                _(
                    "The key id “%(key_id)s” means different keys in DATA_KEYS and in "
                    "%(path)s. Give the new key another id.",
                    key_id=key_id,
                    path=str(path),
                )
            )
    merged = stored | given
    return keys, merged["hash_key"], merged["secret_key"]


def _decode_key(text: str, name: str, length: int, *, exact: bool) -> bytes:
    """Read a base64 key, standard or URL-safe; the refusal never repeats the key."""
    normal = text.strip().rstrip("=").replace("-", "+").replace("_", "/")
    try:
        key = base64.b64decode(normal + "=" * (-len(normal) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < length or (exact and len(key) != length):
        raise KeySettingInvalid(
            _(
                "%(name)s is not a key: it must be %(length)s random bytes in base64. "
                "Make one with: openssl rand -base64 %(length)s",
                name=name,
                length=length,
            )
        )
    return key


def _parse_data_keys(text: str) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        key_id, _colon, encoded = item.partition(":")
        if not KEY_ID.fullmatch(key_id) or key_id in keys or not encoded:
            raise KeySettingInvalid(
                _(
                    "DATA_KEYS must read id:base64,id:base64 with different ids of letters, "
                    "digits, - and _ (at most 32); the first is the current key."
                )
            )
        keys[key_id] = _decode_key(encoded, f"DATA_KEYS {key_id}", DATA_KEY_BYTES, exact=True)
    return keys


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """Read what the environment sets; encryption and search keys come together or not at all."""
    values = {name: environ.get(name, "").strip() for name in ("DATA_KEYS", "HASH_KEY")}
    given: dict[str, Any] = {}
    if any(values.values()):
        if not all(values.values()):
            raise KeySettingInvalid(
                _("DATA_KEYS and HASH_KEY belong together: set both, or neither.")
            )
        given["data_keys"] = _parse_data_keys(values["DATA_KEYS"])
        given["hash_key"] = _decode_key(values["HASH_KEY"], "HASH_KEY", HASH_KEY_BYTES, exact=False)
    if secret := environ.get("SECRET_KEY", ""):
        if len(secret) < SECRET_KEY_LENGTH:
            raise KeySettingInvalid(
                _(
                    "SECRET_KEY is too short: it must have at least %(length)s characters.",
                    length=SECRET_KEY_LENGTH,
                )
            )
        given["secret_key"] = secret
    return given


def _fresh(part: str) -> Any:
    if part == "data_keys":
        return {f"k{secrets.token_hex(4)}": secrets.token_bytes(DATA_KEY_BYTES)}
    return secrets.token_bytes(HASH_KEY_BYTES) if part == "hash_key" else secrets.token_urlsafe(48)


def _read_key_file(path: Path) -> dict[str, Any] | None:
    """Read the key file; None when there is none, a refusal when others may read it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with open(descriptor, encoding="utf-8") as file:  # noqa: PTH123
        mode = os.fstat(descriptor).st_mode & 0o777
        if mode & 0o077:
            raise KeyFileUnsafe(path, mode)
        try:
            raw = json.load(file)
            parts = {name: raw[name] for name in _PARTS if name in raw}
            if not isinstance(parts.get("secret_key", ""), str):
                raise KeyFileDamaged(path)
            if "data_keys" in parts:
                parts["data_keys"] = _parse_data_keys(parts["data_keys"])
            if "hash_key" in parts:
                parts["hash_key"] = _decode_key(
                    parts["hash_key"], "hash_key", HASH_KEY_BYTES, exact=False
                )
        except (ValueError, TypeError, AttributeError, KeySettingInvalid):
            raise KeyFileDamaged(path) from None
    return parts


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let one process at a time make keys; the lock ends with the process."""
    descriptor = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _create_key_file(path: Path, *, missing: frozenset[str]) -> dict[str, Any]:
    """Make the missing keys, or read what another process made while we waited."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _locked(path.parent):
        if (stored := _read_key_file(path)) is None:
            stored = {part: _fresh(part) for part in missing}
            _write_key_file(path, stored, replace=False)
    return stored


def _completed(path: Path, given: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
    """Add a session key to a file made without one; never invent other keys beside old data."""
    absent = _PARTS - given.keys() - stored.keys()
    if absent - {"secret_key"}:
        raise KeySettingInvalid(
            _(
                "DATA_KEYS and HASH_KEY are not set, and %(path)s does not hold them: they came "
                "from the environment before. Set them again.",
                path=str(path),
            )
        )
    if not absent:
        return stored
    with _locked(path.parent):
        stored = _read_key_file(path) or stored
        if "secret_key" not in stored:
            stored["secret_key"] = _fresh("secret_key")
            _write_key_file(path, stored, replace=True)
    return stored


def _write_key_file(path: Path, parts: dict[str, Any], *, replace: bool) -> None:
    """Write the whole file under another name, mode 0600, and give it its name in one step."""
    content: dict[str, str] = {}
    if "data_keys" in parts:
        content["data_keys"] = ",".join(
            f"{key_id}:{base64.b64encode(key).decode()}"
            for key_id, key in parts["data_keys"].items()
        )
    if "hash_key" in parts:
        content["hash_key"] = base64.b64encode(parts["hash_key"]).decode()
    if "secret_key" in parts:
        content["secret_key"] = parts["secret_key"]
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123
            json.dump(content, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            Path(draft).replace(path)
        else:
            os.link(draft, path)
    finally:
        Path(draft).unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
