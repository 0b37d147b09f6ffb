"""The shared store: a real server of S3's protocol, and a plain folder, do the same."""

import shutil
import threading
from pathlib import Path

import pytest

from ingest.store.object_store import ObjectStore, open_store
from ingest.store.packs import pack_files, unpack_files
from tests.limits import HANG_S
from tests.object_store import run_object_store
from transforms.errors import Permanent, Transient
from transforms.sharing_settings import StorageSettings


@pytest.mark.parametrize("kind", ["s3", "file"])
def test_files_come_back_as_they_were_and_a_name_is_taken_once(
    kind: str, object_store: dict[str, str], tmp_path: Path
) -> None:
    store = ObjectStore({"s3": "s3://dateline/plain", "file": f"file://{tmp_path}/store"}[kind], 1)
    (tmp_path / "a").write_bytes(b"abc" * 1000)
    (tmp_path / "b").write_bytes(b"other")
    assert store.list_files("staging") == {}
    assert store.read("staging/r/b/x.zip") is None
    first = store.push_new(tmp_path / "a", "staging/r/b/x.zip")
    assert store.push_new(tmp_path / "b", "staging/r/b/x.zip") is None
    assert first is not None
    assert store.list_files("staging") == {"r/b/x.zip": first}
    assert store.list_files("stag") == {}
    assert store.pull("staging/r/b/x.zip", tmp_path / "new" / "a") == first
    assert (tmp_path / "new" / "a").read_bytes() == b"abc" * 1000
    store.push(tmp_path / "b", "staging/r/b/x.zip")
    assert store.list_files("staging")["r/b/x.zip"].tag != first.tag
    assert store.read("staging/r/b/x.zip") == b"other"
    store.copy("staging/r/b/x.zip", "shown/x.zip")
    assert store.read("shown/x.zip") == b"other"
    store.remove(["staging/r/b/x.zip", "staging/none"])
    store.remove(["staging/none"])
    assert store.list_files("staging") == {}
    with pytest.raises(FileNotFoundError):
        store.pull("staging/r/b/x.zip", tmp_path / "new" / "c")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a"]


def test_a_store_that_fails_is_asked_again_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is gone for a moment; what it holds is in this process's memory."""
    from moto.server import ThreadedMotoServer

    (tmp_path / "a").write_bytes(b"abc")
    with run_object_store() as environment:
        ObjectStore("s3://dateline/gone", 0).push(tmp_path / "a", "a")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Transient, match=r"cannot read a .* run again when it answers, nothing is lost"):
        ObjectStore("s3://dateline/gone", 0).read("a")
    port = int(environment["AWS_ENDPOINT_URL"].rpartition(":")[2])
    again = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    starting = threading.Timer(0.5, again.start)
    starting.start()
    try:
        assert ObjectStore("s3://dateline/gone", HANG_S).read("a") == b"abc"
    finally:
        starting.join()
        again.stop()


def test_a_store_that_is_not_there_is_said(object_store: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    with pytest.raises(Permanent, match=r"s3://nowhere/x is not there .* make it first"):
        ObjectStore("s3://nowhere/x", 0).push(tmp_path / "a", "a")
    with pytest.raises(Permanent, match=r"nosuch:// cannot be opened .* install"):
        open_store(StorageSettings(url="nosuch://bucket/x"))


def test_a_pack_that_was_damaged_on_its_way_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc" * 100)
    pack = tmp_path / "x.zip"
    pack_files(pack, {"a": tmp_path / "a", "further/b/c": tmp_path / "a"})
    place = {"": tmp_path / "new", "further": tmp_path / "far"}
    unpack_files(pack, place)
    assert (tmp_path / "new" / "a").read_bytes() == (tmp_path / "far/b/c").read_bytes() == b"abc" * 100
    whole = pack.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole.replace(b"abcabcabc", b"abcabcabd"), b"", b"garbage"):
        pack.write_bytes(damaged)
        shutil.rmtree(tmp_path / "new")
        with pytest.raises(Transient, match=r"x\.zip came damaged"):
            unpack_files(pack, place)
        (tmp_path / "new").mkdir(exist_ok=True)
        assert list((tmp_path / "new").iterdir()) == []
    pack_files(pack, {"../a": tmp_path / "a"})
    with pytest.raises(Transient, match="it holds a file"):
        unpack_files(pack, place)
