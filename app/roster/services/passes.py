"""The mark on a worker's card: it says which stay is meant, and to nobody else anything.

It holds the number of the row under a key of this deployment, authenticated (AES-SIV): the same
card carries the same mark, a mark cannot be made up, and it tells neither name nor number.
"""

import base64
import binascii

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from app.core import vault

PURPOSE = b"worker card"
NUMBER_BYTES = 8


def _cipher() -> AESSIV:
    return AESSIV(bytes.fromhex(vault.current().fingerprint("key", "worker card")))


def mark_of(number: int) -> str:
    """Give the mark of a stay: 32 letters, digits, dashes and underscores."""
    sealed = _cipher().encrypt(number.to_bytes(NUMBER_BYTES), [PURPOSE])
    return base64.urlsafe_b64encode(sealed).decode()


def number_of(mark: str) -> int | None:
    """Read a mark back; None for one this deployment has not made."""
    try:
        sealed = base64.urlsafe_b64decode(mark.encode())
        return int.from_bytes(_cipher().decrypt(sealed, [PURPOSE]))
    except (binascii.Error, InvalidTag, ValueError):
        return None
