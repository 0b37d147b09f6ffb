"""The SQL of this room lies in `sql/NAME.sql`; values are bound, only names of our own tables are put in."""

from functools import cache
from pathlib import Path

ROOM = Path(__file__).parent


@cache
def read_sql(name: str, /, **names: str) -> str:
    """The text of `sql/NAME.sql` with `{table}` and the like replaced by `names`."""
    text = (ROOM / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    for placeholder, value in names.items():
        text = text.replace("{" + placeholder + "}", value)
    return text
