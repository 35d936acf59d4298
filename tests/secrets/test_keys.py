"""The secret key: taken from the operator, or made once and kept to ourselves."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rejoinder.errors import Setup
from rejoinder.secrets import derive, load_keys


def test_the_operators_key_is_used_as_it_is(tmp_path: Path) -> None:
    assert load_keys("sixteen letters!", tmp_path) == (b"sixteen letters!",)
    assert list(tmp_path.iterdir()) == []


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Setup, match="15 characters"):
        load_keys("fifteen letters", tmp_path)


def test_no_key_and_no_folder_is_refused() -> None:
    with pytest.raises(Setup, match="REJOINDER_SECRET_KEY"):
        load_keys(None, None)


def test_a_key_is_made_once_and_kept(tmp_path: Path) -> None:
    keys = load_keys(None, tmp_path / "new")
    assert [len(key) for key in keys] == [43]
    assert load_keys(None, tmp_path / "new") == keys
    assert load_keys(None, tmp_path / "other") != keys
    file = tmp_path / "new" / "secret.key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as threads:
        keys = set(threads.map(lambda _: load_keys(None, tmp_path), range(64)))
    assert len(keys) == 1
    assert list(tmp_path.iterdir()) == [tmp_path / "secret.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_file_others_can_open_is_refused(tmp_path: Path, mode: int) -> None:
    load_keys(None, tmp_path)
    (tmp_path / "secret.key").chmod(mode)
    with pytest.raises(Setup, match=f"mode {mode:04o}.*chmod 600"):
        load_keys(None, tmp_path)


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "secret.key"
    file.touch(0o600)
    with pytest.raises(Setup, match="holds a key of 0 characters"):
        load_keys(None, tmp_path)


def test_a_link_to_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("a perfectly long key of another program")
    (tmp_path / "secret.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Setup, match="can't be used"):
        load_keys(None, tmp_path)


def test_each_purpose_and_each_key_has_its_own_bytes() -> None:
    derived = {
        derive(key, purpose) for key in (b"one key", b"two key") for purpose in ("a", "b", "")
    }
    assert len(derived) == 6
    assert {len(one) for one in derived} == {32}


def test_derive_is_hkdf_and_stays_the_same() -> None:
    # openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt key:'one key' \
    #     -kdfopt salt:rejoinder -kdfopt info:visitor HKDF
    assert (
        derive(b"one key", "visitor").hex()
        == "522d44be1aacdb8556bb02700be218815a3695b0718b30144b947de24e1eb507"
    )


def test_a_folder_that_cant_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(
        Setup, match=r"secret\.key can't be used: Not a directory.*REJOINDER_SECRET_KEY"
    ):
        load_keys(None, tmp_path / "data")
