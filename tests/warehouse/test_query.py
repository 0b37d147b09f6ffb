"""A query that is stopped half-way."""

import _thread
import threading

import pytest

from tests.warehouse.newsroom import Files
from warehouse.connection import open_build
from warehouse.query import run_queries

ENDLESS = "SELECT count(*) FROM range(1000000000) AS a, range(1000000000) AS b WHERE a.range + b.range = 7"


def test_ctrl_c_stops_a_query(files: Files) -> None:
    threading.Timer(0.3, _thread.interrupt_main).start()
    with pytest.raises(KeyboardInterrupt), run_queries(files.build, ENDLESS) as results:
        next(results)


def test_ctrl_c_stops_a_load_and_nothing_of_it_stays(files: Files) -> None:
    threading.Timer(0.3, _thread.interrupt_main).start()
    with pytest.raises(KeyboardInterrupt), open_build(files.build, files.published) as connection:
        connection.execute("BEGIN")
        connection.execute("CREATE TABLE half_done (a INT)")
        connection.execute(ENDLESS)
    with open_build(files.build, files.published) as connection:
        assert not connection.execute("FROM duckdb_tables() WHERE table_name = 'half_done'").fetchall()
