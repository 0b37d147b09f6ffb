"""Put the coder together: the bundled tables with the user's rows over them, and the compiled gazetteer."""

from importlib.resources import files
from pathlib import Path

from dateline.settings import Home
from ingest.gazetteer_file import open_gazetteer
from ingest.grammar_model import open_grammar
from ingest.scorer_file import open_scorer
from ingest.seeds import hash_tables, load_seeds
from transforms.coder.code_document import RulesCoder
from transforms.coder.lexicon import CoderTables


def load_tables(home: Home) -> CoderTables:
    """The bundled seed tables with the user's rows over them.

    Raises:
        Permanent: a row is broken; the message names file, line and column.
    """
    return load_seeds(Path(str(files("seeds"))), home.seeds)


def open_coder(home: Home) -> RulesCoder:
    """The coder in force. The first call ever compiles the gazetteer into the cache folder (some seconds).

    Raises:
        Permanent: a seeds row is broken (file, line, column), or the cache folder cannot be written.
    """
    tables = load_tables(home)
    gazetteer = open_gazetteer(home.cache, tables.countries, tables.regions)
    grammar = open_grammar(Path(str(files("seeds"))) / "grammar")
    scorer = open_scorer(Path(str(files("seeds"))) / "scorer" / "weights.json")
    return RulesCoder(tables, gazetteer, grammar, hash_tables(tables), scorer)
