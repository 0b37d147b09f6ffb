"""What a step leaves of a batch, as one file: it is there whole or not, and its CRCs say whether it is as it was."""

import os
import shutil
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from ingest.staging.records import explain_full_disk
from transforms.errors import Transient

_BUFFER_BYTES = 1 << 20


def pack_files(pack: Path, files: Mapping[str, Path]) -> None:
    """Put files under their names into one, in the order given; they are compressed already.

    Raises:
        Transient: the disk is full.
    """
    with explain_full_disk(pack.parent), zipfile.ZipFile(pack, "w", zipfile.ZIP_STORED) as target:
        for name, path in files.items():
            target.write(path, name)


def unpack_files(pack: Path, place: Mapping[str, Path]) -> None:
    """Put each file of a pack into the folder that `place` gives for the first part of its name, `""` for the others.

    A file appears whole, and after those before it in the pack.

    Raises:
        Transient: the pack came damaged, or the disk is full.
    """
    try:
        with explain_full_disk(pack.parent), zipfile.ZipFile(pack) as source:
            for name in source.namelist():
                _unpack(source, name, _find_target(name, place))
    except zipfile.BadZipFile as error:
        raise Transient(f"{pack.name} came damaged from the store ({error}); run again") from error


def _find_target(name: str, place: Mapping[str, Path]) -> Path:
    first, _, rest = name.partition("/")
    folder, inner = (place[first], rest) if rest and first in place else (place[""], name)
    if not inner or {"", "..", "."} & set(inner.split("/")):
        raise zipfile.BadZipFile(f"it holds a file {name!r}")
    return folder / inner


def _unpack(source: zipfile.ZipFile, name: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with source.open(name) as packed, part.open("wb") as file:
            shutil.copyfileobj(packed, file, _BUFFER_BYTES)  # the end of a file is where its CRC is compared
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def list_names(files: Iterable[Path], folder: Path) -> dict[str, Path]:
    """Files by their names within a folder."""
    return {path.relative_to(folder).as_posix(): path for path in files}
