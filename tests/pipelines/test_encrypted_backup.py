"""A backup made with a key says nothing to whoever has it and not the key, and nothing in it can be changed unseen."""

import json
import tracemalloc
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from configs.refusals import BadData, BadSettings, Refusal
from pipelines import encrypted_backup
from pipelines.backup import backup
from pipelines.encrypted_backup import PIECE, TAG, Envelope, new_envelope
from pipelines.restore import restore
from sources.audit import lines
from sources.encryption import VARIABLE, EncryptionKey, key_for
from sources.store import sha256_of
from tests.an_encryption_key import with_key
from tests.pipelines.a_whole_store import LATER, NOW, quietly
from watchlists.access import accounts
from watchlists.answers import of_pupil
from watchlists.people import everyone

MADE = "20250904T020000Z"
SAID = ("Zoë", "Lee", "7 Oak", "Will ring home", "Ms Head", "ann", "ingested", "2025-09-03")
BY_CHANCE = 3  # bytes; so few come together in what is encrypted though nothing says them
OURS = Envelope(EncryptionKey(b"k" * 32), b"s" * 16)


@pytest.fixture
def url(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere"


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return with_key(monkeypatch, tmp_path)


def held(folder: Path) -> dict[str, bytes]:
    """What lies in a folder, by place."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def told_in(lying: Mapping[str, bytes], words: Iterable[str]) -> set[tuple[str, str]]:
    """Which of the words, but those too short to tell from chance, stand in what lies at which place."""
    sought = [word for word in words if len(word.encode()) > BY_CHANCE]
    return {(place, word) for word in sought for place, data in lying.items() if word.encode() in data}


def test_no_file_of_it_says_a_name_a_note_or_a_date_and_it_comes_back_the_same(
    store: Path, url: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store itself is not encrypted here, so that only the backup's own encryption stands in the way."""
    plain = held(store)
    with_key(monkeypatch, tmp_path)
    assert "MB, encrypted, to" in backup(store, str(url), NOW, quietly)
    lying = held(url / MADE)
    manifest = lying.pop("manifest.json").decode()
    words = (*SAID, sha256_of(store / "people.db"))
    assert told_in(lying, words) == set()
    assert not [word for word in words if f'"{word}"' in manifest]
    assert not [place for place, data in lying.items() if data[:32] in plain.values() or data == plain[place]]
    assert not (store / "work").exists()
    restore(str(url), tmp_path / "back", quietly)
    monkeypatch.delenv(VARIABLE)
    assert everyone(tmp_path / "back") == everyone(store)
    assert accounts.everyone(tmp_path / "back") == accounts.everyone(store)
    assert of_pupil(tmp_path / "back", "ann") == of_pupil(store, "ann")
    assert [line["event"] for line in lines(tmp_path / "back")][-1] == "restored"
    back = held(tmp_path / "back")
    apart = ("accounts.db", "people.db", "mlflow.db", "audit")
    same = {place: data for place, data in plain.items() if not place.startswith((*apart, "lock"))}
    assert {place: back[place] for place in same} == same
    assert (tmp_path / "back" / "people.db").stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_an_object_store_holds_no_word_of_it_and_gives_it_back(
    store: Path, tmp_path: Path, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import s3fs

    url = f"{bucket}/{tmp_path.name}"
    with_key(monkeypatch, tmp_path)
    backup(store, url, NOW, quietly)
    there = s3fs.S3FileSystem(skip_instance_cache=True)
    lying = {place: there.cat_file(place) for place in there.find(url) if not place.endswith("manifest.json")}
    assert len(lying) > 10
    assert told_in(lying, SAID) == set()
    restore(url, tmp_path / "back", quietly)
    monkeypatch.delenv(VARIABLE)
    assert everyone(tmp_path / "back") == everyone(store) != {}
    assert of_pupil(tmp_path / "back", "ann") == of_pupil(store, "ann")


def test_a_backup_has_the_same_places_with_a_key_and_without(
    store: Path, url: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(store, str(url / "plain"), NOW, quietly)
    with_key(monkeypatch, tmp_path)
    backup(store, str(url / "encrypted"), NOW, quietly)
    assert set(held(url / "plain")) == set(held(url / "encrypted"))


def refused(url: Path, tmp_path: Path, kind: type[Refusal], says: str) -> None:
    """In one line, and nothing is put back."""
    with pytest.raises(kind, match=says) as refusal:
        restore(str(url), tmp_path / "back", quietly)
    assert "\n" not in str(refusal.value)
    assert not list(tmp_path.glob("back*"))


def test_without_the_key_or_with_another_nothing_is_put_back(
    store: Path, url: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_key(monkeypatch, tmp_path)
    backup(store, str(url), NOW, quietly)
    monkeypatch.delenv(VARIABLE)
    refused(url, tmp_path, BadSettings, f"is encrypted. Name the file of its key in {VARIABLE}")
    with_key(monkeypatch, tmp_path, "another", "b")
    refused(url, tmp_path, BadSettings, "is not the one that the backup was encrypted with")


def test_one_made_without_a_key_comes_back_as_ever_and_with_a_key_at_hand_it_is_said(
    store: Path, url: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(store, str(url), NOW, quietly)
    assert "encrypted" not in restore(str(url), tmp_path / "back", quietly)
    with_key(monkeypatch, tmp_path)
    assert "It was not encrypted" in restore(str(url), tmp_path / "again", quietly)


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def swapped(path: Path) -> None:
    other = path.with_name("accounts.db")
    data = path.read_bytes()
    path.write_bytes(other.read_bytes())
    other.write_bytes(data)


def of_another_backup(path: Path) -> None:
    (other,) = path.parent.parent.glob("20250905*")
    path.write_bytes((other / path.name).read_bytes())


SPOILT: tuple[Callable[[Path], None], ...] = (flipped, cut_short, swapped, of_another_backup)


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda spoil: spoil.__name__)
@pytest.mark.usefixtures("key")
def test_a_file_that_was_spoilt_is_named_and_nothing_is_put_back(
    store: Path, url: Path, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    for moment in (NOW, LATER):
        backup(store, str(url), moment, quietly)
    spoil(url / MADE / "people.db")
    refused(url / MADE, tmp_path, BadData, r"people\.db.*\(changed\).*Nothing was put back")


def resealed(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """The manifest as whoever has the backup and not the key would write it."""
    told = json.loads(path.read_text())
    change(told)
    path.write_text(json.dumps(told))


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda spoil: spoil.__name__)
@pytest.mark.usefixtures("key")
def test_a_spoilt_file_is_found_though_the_manifest_were_made_to_fit(
    store: Path, url: Path, tmp_path: Path, spoil: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files themselves say that they are spoilt: what stands here takes the seal away."""
    for moment in (NOW, LATER):
        backup(store, str(url), moment, quietly)
    spoil(url / MADE / "people.db")
    files = {name: sha256_of(url / MADE / name) for name in ("people.db", "accounts.db")}
    resealed(
        url / MADE / "manifest.json",
        lambda told: [told["files"][name].update(sha256=seal) for name, seal in files.items()],
    )
    monkeypatch.setattr(Envelope, "refuse_unsealed", lambda self, manifest: None)
    refused(url / MADE, tmp_path, BadData, r"(people|accounts)\.db \(changed\)")


UNSEALED = "manifest is not as it was written. Nothing was put back"
NEITHER = r"manifest\.json of the backup"  # encrypted nor plain


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda told: told["files"].pop("people.db"), UNSEALED),
        (lambda told: told["files"]["people.db"].update(mode=0o666), UNSEALED),
        (lambda told: told.update(made_at="2031-01-01T00:00:00+00:00"), UNSEALED),
        (lambda told: told.pop("seal"), UNSEALED),
        (lambda told: told.update(seal=["é"]), UNSEALED),
        (lambda told: told.update(layout=1), NEITHER),
        (lambda told: told.pop("encrypted"), NEITHER),
        (lambda told: told["encrypted"].update(salt="no digits"), NEITHER),
        (lambda told: told["encrypted"].pop("key"), NEITHER),
    ],
)
@pytest.mark.usefixtures("key")
def test_a_manifest_that_was_changed_is_refused(
    store: Path, url: Path, tmp_path: Path, change: Callable[[dict[str, Any]], object], says: str
) -> None:
    backup(store, str(url), NOW, quietly)
    resealed(url / MADE / "manifest.json", change)
    refused(url, tmp_path, BadData, says)


def sealed(tmp_path: Path, data: bytes, place: str = "a", envelope: Envelope = OURS) -> Path:
    (tmp_path / "plain").write_bytes(data)
    envelope.encrypt(tmp_path / "plain", place, tmp_path / "sealed")
    return tmp_path / "sealed"


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE])
def test_a_file_of_any_size_comes_back(tmp_path: Path, size: int) -> None:
    data = bytes(range(256)) * (size // 256) + b"z" * (size % 256)
    path = sealed(tmp_path, data)
    assert path.stat().st_size == size + TAG * max(1, -(-size // PIECE))
    OURS.decrypt(path, "a")
    assert path.read_bytes() == data
    assert {left.name for left in tmp_path.iterdir()} == {"plain", "sealed"}


@given(data=st.binary(max_size=200), size=st.integers(1, 64))
def test_pieces_of_any_size_are_all_of_it_in_order_and_one_is_the_last(data: bytes, size: int) -> None:
    nonces, pieces = zip(*encrypted_backup._pieces(BytesIO(data), size), strict=True)
    assert b"".join(pieces) == data
    assert len(set(nonces)) == len(nonces)
    assert [nonce[-1] for nonce in nonces] == [0] * (len(nonces) - 1) + [1]


ONE = PIECE + TAG
PIECES: dict[str, Callable[[bytes], bytes]] = {
    "the last piece gone": lambda data: data[: 2 * ONE],
    "the last piece cut": lambda data: data[:-1],
    "all gone": lambda data: b"",
    "two pieces in each other's place": lambda data: data[ONE : 2 * ONE] + data[:ONE] + data[2 * ONE :],
    "a piece twice": lambda data: data[:ONE] + data,
    "a piece left out": lambda data: data[:ONE] + data[2 * ONE :],
    "something added": lambda data: data + b"x",
    "a bit of the tag": lambda data: data[:-1] + bytes([data[-1] ^ 1]),
}


@pytest.mark.parametrize("change", PIECES)
def test_pieces_moved_or_missing_do_not_open(tmp_path: Path, change: str) -> None:
    path = sealed(tmp_path, b"z" * (2 * PIECE + 5))
    path.write_bytes(PIECES[change](path.read_bytes()))
    with pytest.raises(BadData, match=r"a \(changed\)"):
        OURS.decrypt(path, "a")


@pytest.mark.parametrize(
    ("place", "envelope"),
    [
        ("b", OURS),
        ("a", Envelope(OURS.key, b"t" * 16)),
        ("a", Envelope(EncryptionKey(b"l" * 32), OURS.salt)),
    ],
    ids=["another place", "another backup", "another key"],
)
def test_a_file_opens_at_its_own_place_of_its_own_backup_alone(
    tmp_path: Path, place: str, envelope: Envelope
) -> None:
    with pytest.raises(BadData):
        envelope.decrypt(sealed(tmp_path, b"z"), place)


def test_each_backup_and_each_file_has_a_key_of_its_own() -> None:
    assert new_envelope(OURS.key).salt != new_envelope(OURS.key).salt
    keys = {OURS.key.derived(salt, purpose) for salt in (b"s", b"t") for purpose in ("a", "b")}
    assert len(keys) == 4
    assert b"kkkk" not in b"".join(keys)


def test_a_file_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    data = tmp_path / "large"
    with data.open("wb") as file:
        file.truncate(64 << 20)
    tracemalloc.start()
    OURS.encrypt(data, "a", tmp_path / "sealed")
    OURS.decrypt(tmp_path / "sealed", "a")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 8 << 20
    assert sha256_of(tmp_path / "sealed") == sha256_of(data)


def test_it_is_the_standard_cipher_and_no_other(tmp_path: Path) -> None:
    """Whoever has lost Handrail and not the key can open a file with any library."""
    path = sealed(tmp_path, b"hello")
    key = OURS.key.derived(OURS.salt, "the file of a backup at a")
    assert AESGCM(key).decrypt(bytes(11) + b"\1", path.read_bytes(), None) == b"hello"


WRONG = {"": "holds no key", "a" * 63: "holds no key", "g" * 64: "holds no key", "é" * 64: "holds no key"}


@pytest.mark.parametrize(("said", "shows"), WRONG.items())
def test_a_file_that_holds_no_key_is_refused_without_its_words(tmp_path: Path, said: str, shows: str) -> None:
    path = tmp_path / "encryption"
    path.write_text(said, encoding="utf-8")
    with pytest.raises(BadSettings, match=shows) as refusal:
        key_for(tmp_path / "store", {VARIABLE: str(path)})
    assert not said or said not in str(refusal.value)


def test_a_key_that_is_not_there_or_lies_in_the_store_is_refused(tmp_path: Path) -> None:
    assert key_for(tmp_path, {}) is None
    with pytest.raises(BadSettings, match="cannot be read"):
        key_for(tmp_path / "store", {VARIABLE: str(tmp_path / "none")})
    with pytest.raises(BadSettings, match="lies in the store"):
        key_for(tmp_path, {VARIABLE: str(tmp_path / "none")})
    assert "k" * 8 not in repr(OURS)
