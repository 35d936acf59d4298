"""Credentials at rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.errors import Setup
from rejoinder.secrets.keys import add_key, load_keys, write_keys
from rejoinder.secrets.vault import Vault, open_vault

OLD, NEW = b"the key of last year", b"the key of this year"


@given(st.text())
def test_what_was_sealed_is_opened(text: str) -> None:
    vault = Vault(lambda: (NEW,))
    sealed = vault.seal(text)
    assert vault.open(sealed) == text
    assert not text or len(text) < 4 or text.encode("utf-8", "replace") not in sealed


def test_the_same_text_is_never_sealed_alike() -> None:
    vault = Vault(lambda: (NEW,))
    assert vault.seal("secret") != vault.seal("secret")


def test_older_keys_open_and_the_newest_seals() -> None:
    before = Vault(lambda: (OLD,)).seal("secret")
    vault = Vault(lambda: (NEW, OLD))
    assert vault.open(before) == "secret"
    assert (vault.key_of(before), vault.key_of(vault.seal("secret"))) == (1, 0)


def test_another_key_opens_nothing_and_says_what_to_do() -> None:
    sealed = Vault(lambda: (OLD,)).seal("secret")
    other = Vault(lambda: (NEW,))
    with pytest.raises(Setup, match=r"another secret key.*REJOINDER_SECRET_KEY"):
        other.open(sealed)
    assert other.key_of(sealed) is None


def test_what_was_changed_is_not_opened() -> None:
    vault = Vault(lambda: (NEW,))
    sealed = bytearray(vault.seal("secret"))
    sealed[len(sealed) // 2] ^= 1
    with pytest.raises(Setup):
        vault.open(bytes(sealed))


def test_a_running_program_learns_of_a_rotation(tmp_path: Path) -> None:
    running = open_vault(None, tmp_path)
    before = running.seal("before")
    add_key(tmp_path)
    after = open_vault(None, tmp_path).seal("after")
    assert running.open(after) == "after"
    assert running.key_of(running.seal("since")) == 0
    write_keys(tmp_path, load_keys(None, tmp_path)[:1])
    with pytest.raises(Setup):
        open_vault(None, tmp_path).open(before)


def test_a_rotation_keeps_the_former_key_second(tmp_path: Path) -> None:
    first = load_keys(None, tmp_path)
    keys = add_key(tmp_path)
    assert keys[1:] == first
    assert load_keys(None, tmp_path) == keys
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


def test_several_keys_of_the_operator() -> None:
    assert load_keys("sixteen letters!, and sixteen more", None) == (
        b"sixteen letters!",
        b"and sixteen more",
    )
    with pytest.raises(Setup, match="has 0 characters"):
        load_keys("sixteen letters!,", None)


def test_neither_the_vault_nor_its_errors_show_a_key() -> None:
    vault = Vault(lambda: (NEW, OLD))
    with pytest.raises(Setup) as wrong:
        vault.open(b"rubbish")
    for key in (NEW, OLD):
        assert key.decode() not in repr(vault) + str(wrong.value)
