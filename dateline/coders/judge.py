"""The bundled coder: the judge, tables and the gazetteer, opened from what Dateline brings along."""

from dateline.coders.tables import load_tables
from dateline.home import Home
from dateline.settings import Settings
from ingest.bundled import MODELS
from ingest.models.judge import open_judge
from ingest.tables.gazetteer_file import open_gazetteer
from ingest.tables.seeds import hash_tables
from transforms.coder.code_document import JudgedCoder


def open_judged_coder(home: Home, settings: Settings) -> JudgedCoder:
    """The bundled coder. The first call ever compiles the gazetteer into the cache folder (seconds).

    Raises:
        Permanent: a seeds row is broken (file, line, column), or the cache folder cannot be written.
    """
    tables = load_tables(home)
    gazetteer = open_gazetteer(home.cache, tables.countries, tables.regions)
    return JudgedCoder(tables, gazetteer, hash_tables(tables), open_judge(MODELS / "judge"))
