"""Refusals of the vault: each sentence says what is wrong and what mends it."""

from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _


class VaultError(Exception):
    """A key or a stored value cannot be used; the sentence says why and what mends it."""

    def __init__(self, sentence: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


class KeySettingInvalid(VaultError):
    """A key in the environment or in the key file is missing, malformed or contradictory."""


class KeyFileUnsafe(VaultError):
    """The key file may be read by other accounts of the machine."""

    def __init__(self, path: Path, mode: int) -> None:
        super().__init__(
            _(
                "The key file %(path)s may be read by other accounts (mode %(mode)s). "
                "Run chmod 600 %(path)s and start again.",
                path=str(path),
                mode=f"{mode:04o}",
            )
        )


class KeyFileDamaged(VaultError):
    """The key file is not what the first start wrote."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            _(
                "The key file %(path)s is damaged. Restore it from the backup: without it "
                "the encrypted numbers cannot be read.",
                path=str(path),
            )
        )


class UnknownKey(VaultError):
    """The value was encrypted under a key this process does not hold."""

    def __init__(self, key_id: str) -> None:
        super().__init__(
            _(
                "The value is encrypted under the key “%(key_id)s”, which is not among the keys "
                "of this server. Add that key to DATA_KEYS and start again.",
                key_id=key_id,
            )
        )
        self.key_id = key_id


class ValueTampered(VaultError):
    """The stored text was changed, or never came from a vault."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The encrypted value is damaged or stands where it does not belong; "
                "it was not read. Restore it from the backup or enter it again."
            )
        )


class VaultNotOpen(VaultError):
    """The process asked for its vault before one was installed."""

    def __init__(self) -> None:
        super().__init__(_("The keys of this server are not loaded yet. Start the application."))
