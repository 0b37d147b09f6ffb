"""What finds where outlets are at home, opened with the gazetteer in force."""

from dateline.coders.tables import load_tables
from dateline.home import Home
from ingest.tables.gazetteer_file import open_gazetteer
from transforms.coder.outlet_homes import OutletHomes


def open_outlet_homes(home: Home) -> OutletHomes:
    """One that knows no document yet.

    Raises:
        Permanent: as `open_judged_coder` does.
    """
    tables = load_tables(home)
    return OutletHomes(open_gazetteer(home.cache, tables.countries, tables.regions))
