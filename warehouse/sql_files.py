"""The SQL of this room: `sql/TOPIC.sql` holds a topic's statements, each below its `-- name: NAME`.

Values are bound; only names of our own tables and columns are put into a text.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

ROOM = Path(__file__).parent
_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


@cache
def list_statements(topic: str = "*") -> Mapping[str, str]:
    """The statements of `sql/TOPIC.sql` by name, in their order; without a topic those of all files."""
    found: dict[str, str] = {}
    for path in sorted((ROOM / "sql").glob(f"{topic}.sql")):
        _, *parts = _NAME.split(path.read_text(encoding="utf-8"))
        for name, text in zip(parts[::2], parts[1::2], strict=True):
            if name in found:
                raise ValueError(f"{path} holds a second statement {name}")
            found[name] = text.strip().removesuffix(";")
    return found


@cache
def read_sql(name: str, /, **names: str) -> str:
    """The statement `name` with `{table}` and the like replaced by `names`."""
    text = list_statements()[name]
    for placeholder, value in names.items():
        text = text.replace("{" + placeholder + "}", value)
    return text
