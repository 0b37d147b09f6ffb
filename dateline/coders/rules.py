"""The rules coder: a grammar, tables and learnt weights, opened from what Dateline brings along."""

from dateline.coders.tables import load_tables
from dateline.home import Home
from dateline.settings import Settings
from ingest.bundled import MODELS
from ingest.models.grammar import open_grammar
from ingest.models.judge import open_judge
from ingest.models.scorer import open_scorer
from ingest.tables.gazetteer_file import open_gazetteer
from ingest.tables.seeds import hash_tables
from transforms.coder.code_document import RulesCoder


def open_rules_coder(home: Home, settings: Settings) -> RulesCoder:
    """The coder that reads by rules. The first call ever compiles the gazetteer into the cache folder (seconds).

    Raises:
        Permanent: a seeds row is broken (file, line, column), or the cache folder cannot be written.
    """
    tables = load_tables(home)
    gazetteer = open_gazetteer(home.cache, tables.countries, tables.regions)
    grammar = open_grammar(MODELS / "grammar")
    scorer = open_scorer(MODELS / "scorer" / "weights.json")
    judge = open_judge(MODELS / "judge")
    return RulesCoder(tables, gazetteer, grammar, hash_tables(tables), scorer, judge)
