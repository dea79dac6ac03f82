"""Encryption of personal numbers and the keyed hashes that find them again.

Identity, passport and bank card numbers are stored as `v1:<key id>:<base64url>`: AES-256-GCM
over a random nonce, the version and key id authenticated with it (architecture D9). The key id
stands in the value: a new key encrypts from its first start on, and what stands under an older
key, the audit included, is read with that one for as long as it is kept. Equality search goes
over `fingerprint`, an HMAC-SHA-256 under a key of its own that never rotates by itself.

Keys come from the environment (`DATA_KEYS`, `HASH_KEY`, `SECRET_KEY`); what is not set there
the first start creates in `keys.json` of the state folder, mode 0600.
"""

import base64
import hmac
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask_babel import lazy_gettext as _

from app.core.vault import keys
from app.core.vault.errors import (
    KeyFileDamaged,
    KeyFileUnsafe,
    KeySettingInvalid,
    UnknownKey,
    ValueTampered,
    VaultError,
    VaultNotOpen,
)

__all__ = [
    "KeyFileDamaged",
    "KeyFileUnsafe",
    "KeySettingInvalid",
    "UnknownKey",
    "ValueTampered",
    "Vault",
    "VaultError",
    "VaultNotOpen",
    "current",
    "install",
]

VERSION = "v1"
NONCE_BYTES = 12
TAG_BYTES = 16


class Vault:
    """The keys of one deployment, and what may be done with them."""

    def __init__(
        self,
        data_keys: Mapping[str, bytes],
        hash_key: bytes,
        secret_key: str,
        *,
        current_key_id: str | None = None,
    ) -> None:
        """Hold keys; the first of `data_keys` is current unless another is named."""
        if not data_keys:
            raise KeySettingInvalid(_("DATA_KEYS holds no key. Write it as id:base64,id:base64."))
        self._ciphers = {key_id: AESGCM(key) for key_id, key in data_keys.items()}
        self._associated = {key_id: _associated(key_id) for key_id in data_keys}
        self._hash_key = hash_key
        self._domain_keys: dict[str, bytes] = {}
        self.secret_key = secret_key
        self.current_key_id = current_key_id or next(iter(data_keys))

    def __repr__(self) -> str:
        return f"<Vault {', '.join(self._ciphers)}; current {self.current_key_id}>"

    @classmethod
    def open(cls, var: Path, environ: Mapping[str, str]) -> "Vault":
        """Take the keys from the environment, the rest from `keys.json`, made when absent.

        Keys of the file stay readable after DATA_KEYS takes over; a HASH_KEY that differs from
        the file's is refused, because nothing stored could be found any more.
        """
        return cls(*keys.load(var, environ))

    def encrypt(self, plain: str) -> str:
        """Encrypt text under the current key."""
        key_id = self.current_key_id
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._ciphers[key_id].encrypt(nonce, _bytes(plain), self._associated[key_id])
        return f"{VERSION}:{key_id}:{_to_base64url(nonce + sealed)}"

    def decrypt(self, stored: str) -> str:
        """Give back the text; UnknownKey or ValueTampered when that is not possible."""
        key_id, body = _parse(stored)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise UnknownKey(key_id)
        nonce, sealed = body[:NONCE_BYTES], body[NONCE_BYTES:]
        try:
            plain = cipher.decrypt(nonce, sealed, self._associated[key_id])
        except InvalidTag:
            raise ValueTampered from None
        return plain.decode("utf-8", "surrogatepass")

    def fingerprint(self, value: str, domain: str) -> str:
        """Give 64 hex digits that are equal exactly for equal values of one domain.

        The caller normalises the value first; another domain gives unrelated digits.
        """
        key = self._domain_keys.get(domain)
        if key is None:
            key = hmac.digest(self._hash_key, _bytes(domain), "sha256")
            self._domain_keys[domain] = key
        return hmac.digest(key, _bytes(value), "sha256").hex()


_installed: dict[str, Vault] = {}


def install(vault: Vault) -> None:
    """Make a vault the one of this process."""
    _installed["vault"] = vault


def current() -> Vault:
    """Give the vault of this process; VaultNotOpen before one was installed."""
    try:
        return _installed["vault"]
    except KeyError:
        raise VaultNotOpen from None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _associated(key_id: str) -> bytes:
    return _bytes(f"{VERSION}:{key_id}:")


def _to_base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _parse(stored: str) -> tuple[str, bytes]:
    """Split a stored value into key id and sealed bytes; there is one spelling of each value."""
    parts = stored.split(":")
    if len(parts) != 3 or parts[0] != VERSION or not keys.KEY_ID.fullmatch(parts[1]):
        raise ValueTampered
    text = parts[2]
    try:
        body = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise ValueTampered from None
    if len(body) < NONCE_BYTES + TAG_BYTES or _to_base64url(body) != text:
        raise ValueTampered
    return parts[1], body
