import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import vault as vaults
from app.core.vault import (
    KeyFileDamaged,
    KeyFileUnsafe,
    KeySettingInvalid,
    UnknownKey,
    ValueTampered,
    Vault,
    VaultNotOpen,
)

ID_NUMBER = "440703198504120002"
ROOT = Path(__file__).parents[2]


def b64(byte):
    return base64.b64encode(bytes([byte]) * 32).decode()


def environment(**changes):
    return {
        "DATA_KEYS": f"one:{b64(1)}",
        "HASH_KEY": b64(9),
        "SECRET_KEY": "a secret of the deployment",
    } | changes


@pytest.fixture
def vault(tmp_path):
    return Vault.open(tmp_path, environment())


VAULT = Vault({"one": b"\1" * 32}, b"\2" * 32, "secret")


@given(st.text())
def test_any_text_comes_back(plain):
    assert VAULT.decrypt(VAULT.encrypt(plain)) == plain


@given(plain=st.text(min_size=1), data=st.data())
def test_any_changed_character_is_noticed(plain, data):
    stored = VAULT.encrypt(plain)
    place = data.draw(st.integers(0, len(stored) - 1))
    sign = data.draw(st.characters(codec="ascii").filter(lambda sign: sign != stored[place]))

    with pytest.raises((ValueTampered, UnknownKey)):
        VAULT.decrypt(stored[:place] + sign + stored[place + 1 :])


@given(st.text())
def test_text_that_never_was_encrypted_is_refused(text):
    with pytest.raises(ValueTampered):
        VAULT.decrypt(text)


def test_the_stored_text_names_version_and_key_and_hides_the_number(vault):
    stored = vault.encrypt(ID_NUMBER)

    assert stored.startswith("v1:one:")
    assert ID_NUMBER not in stored
    assert "=" not in stored


def test_equal_numbers_are_stored_differently(vault):
    assert vault.encrypt(ID_NUMBER) != vault.encrypt(ID_NUMBER)


def test_a_value_renamed_to_another_known_key_is_refused(tmp_path):
    both = Vault.open(tmp_path, environment(DATA_KEYS=f"two:{b64(2)},one:{b64(1)}"))
    stored = both.encrypt(ID_NUMBER)

    with pytest.raises(ValueTampered):
        both.decrypt(stored.replace("v1:two:", "v1:one:"))


def test_the_first_key_encrypts_and_older_keys_still_read(tmp_path, vault):
    old = vault.encrypt(ID_NUMBER)
    newer = Vault.open(tmp_path, environment(DATA_KEYS=f"two:{b64(2)}, one:{b64(1)}"))

    fresh = newer.encrypt(ID_NUMBER)

    assert newer.decrypt(old) == ID_NUMBER
    assert fresh.startswith("v1:two:")
    assert newer.decrypt(fresh) == ID_NUMBER


def test_a_value_under_a_key_that_is_gone_names_that_key(tmp_path, vault):
    stored = vault.encrypt(ID_NUMBER)
    other = Vault.open(tmp_path, environment(DATA_KEYS=f"two:{b64(2)}"))

    with pytest.raises(UnknownKey, match="“one”"):
        other.decrypt(stored)


def test_fingerprints_are_equal_exactly_for_equal_values_of_one_domain(vault, tmp_path):
    first = vault.fingerprint(ID_NUMBER, "id_number")
    rotated = Vault.open(tmp_path, environment(DATA_KEYS=f"two:{b64(2)}"))
    other_hash = Vault.open(tmp_path, environment(HASH_KEY=b64(8)))

    assert len(first) == 64
    assert first == rotated.fingerprint(ID_NUMBER, "id_number")
    assert first != vault.fingerprint(ID_NUMBER[:-1] + "3", "id_number")
    assert first != vault.fingerprint(ID_NUMBER, "card")
    assert first != other_hash.fingerprint(ID_NUMBER, "id_number")


def test_fingerprints_do_not_confuse_domain_and_value(vault):
    assert vault.fingerprint("bc", "a") != vault.fingerprint("c", "ab")


def test_the_environment_alone_writes_no_file(tmp_path):
    vault = Vault.open(tmp_path, environment())

    assert vault.secret_key == "a secret of the deployment"
    assert list(tmp_path.iterdir()) == []


def test_the_first_start_writes_keys_that_the_next_start_reads(tmp_path):
    var = tmp_path / "var"
    first = Vault.open(var, {})
    stored = first.encrypt(ID_NUMBER)
    second = Vault.open(var, {})

    assert second.decrypt(stored) == ID_NUMBER
    assert second.fingerprint("1", "x") == first.fingerprint("1", "x")
    assert second.secret_key == first.secret_key
    assert len(first.secret_key) >= 32
    assert (var / "keys.json").stat().st_mode & 0o777 == 0o600
    assert var.stat().st_mode & 0o777 == 0o700
    assert {entry.name for entry in var.iterdir()} == {"keys.json", "keys.lock"}


def test_two_deployments_never_share_keys(tmp_path):
    one, other = Vault.open(tmp_path / "1", {}), Vault.open(tmp_path / "2", {})

    assert one.current_key_id != other.current_key_id
    assert one.secret_key != other.secret_key
    assert one.fingerprint("1", "x") != other.fingerprint("1", "x")


def test_processes_that_start_at_once_agree_on_the_keys(tmp_path):
    var, gate = tmp_path / "var", tmp_path / "gate"
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from app.core.vault import Vault\n"
        "Path(sys.argv[3]).touch()\n"
        "while not Path(sys.argv[2]).exists(): time.sleep(0.001)\n"
        "vault = Vault.open(Path(sys.argv[1]), {})\n"
        "print(vault.current_key_id, vault.fingerprint('1', 'x'), vault.secret_key)\n"
    )
    ready = [tmp_path / f"ready{number}" for number in range(8)]
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", program, var, gate, mark],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for mark in ready
    ]
    while not all(mark.exists() for mark in ready):
        assert all(start.poll() is None for start in starts)
    gate.touch()
    said = [start.communicate()[0] for start in starts]

    assert [start.returncode for start in starts] == [0] * 8
    assert len(set(said)) == 1
    here = Vault.open(var, {})
    assert said[0].split() == [here.current_key_id, here.fingerprint("1", "x"), here.secret_key]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_key_file_that_others_may_read_is_refused_with_its_mend(tmp_path, mode):
    Vault.open(tmp_path, {})
    (tmp_path / "keys.json").chmod(mode)

    with pytest.raises(KeyFileUnsafe, match=r"chmod 600 .*keys\.json"):
        Vault.open(tmp_path, {})


@pytest.mark.parametrize("content", ["", "{", '"keys"', '{"data_keys": 1}', '{"hash_key": "AA"}'])
def test_a_damaged_key_file_is_never_replaced(tmp_path, content):
    path = tmp_path / "keys.json"
    path.write_text(content)
    path.chmod(0o600)

    with pytest.raises((KeyFileDamaged, KeySettingInvalid)):
        Vault.open(tmp_path, {})
    assert path.read_text() == content


def test_a_secret_key_of_the_environment_goes_before_the_file(tmp_path):
    vault = Vault.open(tmp_path, {"SECRET_KEY": "s" * 16})

    assert vault.secret_key == "s" * 16
    assert set(json.loads((tmp_path / "keys.json").read_text())) == {"data_keys", "hash_key"}
    later = Vault.open(tmp_path, {})
    assert later.decrypt(vault.encrypt("1")) == "1"
    assert later.secret_key == Vault.open(tmp_path, {}).secret_key != vault.secret_key


def test_keys_of_the_environment_that_go_missing_are_not_invented(tmp_path):
    keys = environment()
    del keys["SECRET_KEY"]
    Vault.open(tmp_path, keys)

    with pytest.raises(KeySettingInvalid, match="Set them again"):
        Vault.open(tmp_path, {})


def test_values_of_the_key_file_stay_readable_under_keys_of_the_environment(tmp_path):
    first = Vault.open(tmp_path, {})
    stored = first.encrypt(ID_NUMBER)
    hash_key = json.loads((tmp_path / "keys.json").read_text())["hash_key"]

    moved = Vault.open(tmp_path, environment(HASH_KEY=hash_key))

    assert moved.decrypt(stored) == ID_NUMBER
    assert moved.current_key_id == "one"


def test_another_hash_key_than_that_of_the_file_is_refused(tmp_path):
    Vault.open(tmp_path, {})

    with pytest.raises(KeySettingInvalid, match="HASH_KEY differs"):
        Vault.open(tmp_path, environment())


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"DATA_KEYS": ""}, "belong together"),
        ({"HASH_KEY": ""}, "belong together"),
        ({"DATA_KEYS": ","}, "holds no key"),
        ({"DATA_KEYS": b64(1)}, "id:base64"),
        ({"DATA_KEYS": f"a b:{b64(1)}"}, "id:base64"),
        ({"DATA_KEYS": f"one:{b64(1)},one:{b64(2)}"}, "id:base64"),
        ({"DATA_KEYS": "one:c2hvcnQ="}, "DATA_KEYS one is not a key"),
        ({"DATA_KEYS": "one:!!!"}, "DATA_KEYS one is not a key"),
        ({"HASH_KEY": "c2hvcnQ="}, "HASH_KEY is not a key"),
        ({"SECRET_KEY": "short"}, "at least 16"),
    ],
)
def test_a_wrong_key_in_the_environment_is_named_without_being_shown(tmp_path, changes, sentence):
    with pytest.raises(KeySettingInvalid, match=sentence) as refusal:
        Vault.open(tmp_path, environment(**changes))

    assert "c2hvcnQ" not in str(refusal.value)
    assert list(tmp_path.iterdir()) == []


def test_a_vault_shown_in_a_log_shows_no_key(vault):
    assert repr(vault) == "<Vault one; current one>"


def test_the_process_has_one_vault_once_installed(vault, monkeypatch):
    monkeypatch.setattr(vaults, "_installed", {})
    with pytest.raises(VaultNotOpen):
        vaults.current()

    vaults.install(vault)

    assert vaults.current() is vault
