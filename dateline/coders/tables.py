"""The seed tables in force."""

from dateline.home import Home
from ingest.bundled import SEEDS
from ingest.tables.seeds import load_seeds
from transforms.coder.lexicon import CoderTables


def load_tables(home: Home) -> CoderTables:
    """The bundled seed tables with the user's rows over them.

    Raises:
        Permanent: a row is broken; the message names file, line and column.
    """
    return load_seeds(SEEDS, home.seeds)
