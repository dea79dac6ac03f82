"""Encryption of sensitive fields (敏感字段加密) and the maker's proof, section 4.

The same input gives the same output, so this is for the wire only and never for storage.
"""

import base64
import binascii
import hmac
from collections.abc import Sequence

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from app.openapi.errors import CipherTextRefused, UnusableSecretError

SECRET_LENGTH = 32
BLOCK_BYTES = 16


def encrypt(plain: str, secret: str) -> str:
    """Encrypt a text for the client that has this secret; the result is base64."""
    padder = PKCS7(AES256.block_size).padder()
    padded = padder.update(plain.encode()) + padder.finalize()
    encryptor = _cipher(secret).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def decrypt(text: str, secret: str) -> str:
    """Decrypt what the client with this secret sent, line breaks of old encoders included.

    Raises CipherTextRefused when the text is not base64 or was made with another key.
    """
    decryptor = _cipher(secret).decryptor()
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
        if not content:
            raise CipherTextRefused
        padded = decryptor.update(content) + decryptor.finalize()
        unpadder = PKCS7(AES256.block_size).unpadder()
        return (unpadder.update(padded) + unpadder.finalize()).decode()
    except (binascii.Error, ValueError) as error:
        raise CipherTextRefused from error


def decrypt_all(texts: Sequence[str], secret: str) -> list[str]:
    """Decrypt many texts in one pass: the vector before each makes one chain of them all.

    Raises CipherTextRefused when any of them is not what `decrypt` would take.
    """
    vector = secret.encode()[:BLOCK_BYTES]
    decryptor = _cipher(secret).decryptor()
    try:
        blocks = [base64.b64decode("".join(text.split()), validate=True) for text in texts]
        if any(not block or len(block) % BLOCK_BYTES for block in blocks):
            raise CipherTextRefused
        whole = decryptor.update(b"".join([vector + block for block in blocks]))
        found, begin = [], BLOCK_BYTES
        for block in blocks:
            end = begin + len(block)
            found.append(_unpadded(whole[begin:end]).decode())
            begin = end + BLOCK_BYTES
    except ValueError as error:  # of base64, of the padding, of UTF-8
        raise CipherTextRefused from error
    return found


def _unpadded(padded: bytes) -> bytes:
    number = padded[-1]
    if not 1 <= number <= BLOCK_BYTES or padded[-number:] != bytes([number]) * number:
        raise CipherTextRefused
    return padded[:-number]


def corpsign(corp_key: str, timestamp: str, secret: str) -> str:
    """Make the proof that a site system comes from an approved maker (厂商), section 4.3."""
    return encrypt(corp_key + timestamp, secret)


def corpsign_matches(received: str, corp_key: str, timestamp: str, secret: str) -> bool:
    """Tell whether a received proof is the one this maker would send at this time."""
    expected = corpsign(corp_key, timestamp, secret)
    return hmac.compare_digest("".join(received.split()).encode(), expected.encode())


def _cipher(secret: str) -> Cipher[CBC]:
    """AES-256-CBC with the secret in its own letter case as key, its first half as vector."""
    if len(secret) != SECRET_LENGTH or not secret.isascii():
        raise UnusableSecretError(f"A secret has {SECRET_LENGTH} ASCII characters.")
    key = secret.encode()
    return Cipher(AES256(key), CBC(key[:BLOCK_BYTES]))
