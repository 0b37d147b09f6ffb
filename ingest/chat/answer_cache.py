"""What models answered, a small file each, by the content that they were asked about."""

import json
import os
import tempfile
from pathlib import Path

from ingest.staging.records import explain_full_disk


class AnswerCache:
    """A folder of answers; several processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, key: str) -> str:
        """The answer stored under `key`; a file that cannot be read (the power failed) counts as none, ""."""
        try:
            values = json.loads(self._path(key).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return ""
        answer = values.get("answer") if isinstance(values, dict) else ""
        return answer if isinstance(answer, str) else ""

    def write(self, key: str, model: str, answer: str) -> None:
        """Store an answer; a reader sees all of it or nothing.

        Raises:
            Transient: the disk is full.
        """
        path = self._path(key)
        with explain_full_disk(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
            new = Path(name)
            try:
                with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
                    json.dump({"model": model, "answer": answer}, file)
                    file.flush()
                    os.fsync(file.fileno())
                new.replace(path)
            except BaseException:
                new.unlink(missing_ok=True)
                raise

    def _path(self, key: str) -> Path:
        return self._folder / key[-2:] / f"{key}.json"
