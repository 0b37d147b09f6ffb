"""What leaves as text: nothing that acts on a terminal or in a spreadsheet, and no keys."""

import unicodedata

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.safe_text import (
    CONTROLS,
    FORMULA,
    NUMBER,
    disarm_cell,
    drop_control_characters,
    hide_keys,
    put_on_a_line,
)
from warehouse.sql_files import read_sql

LETTERS = st.text(
    st.characters() | st.sampled_from("\x1b\x85\r\u202e\u2066\u200f\ufeff=+-@\t\n1,.e"), max_size=12
)
KEPT = "\n\t"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Eight killed in Lorvan", "Eight killed in Lorvan"),
        ("a\x1b[31mred\x1b[0m", "a[31mred[0m"),
        ("a\x9b31mred", "a31mred"),
        ("\x1b]0;title\x07text", "]0;titletext"),
        ("abc\r\ndef\ttab", "abc\ndef\ttab"),
        ("over\rwritten", "overwritten"),
        ("fdp\u202egnp.exe", "fdpgnp.exe"),
        ("\u2067\u2068\u061ca\u2069\u200e\u200f", "a"),
        ("half \ud83d emoji", "half  emoji"),
        ("\ufeffbom", "bom"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # a joiner that Persian needs
        ("👩\u200d🚒 ❤\ufe0f", "👩\u200d🚒 ❤\ufe0f"),
        ("1\u00a0200 été", "1\u00a0200 été"),
        ("", ""),
    ],
)
def test_control_characters_go_and_letters_stay(text: str, shown: str) -> None:
    assert drop_control_characters(text) == shown


@given(LETTERS)
def test_no_control_character_is_left(text: str) -> None:
    left = drop_control_characters(text)
    assert not [
        letter for letter in left if unicodedata.category(letter) in ("Cc", "Cs") and letter not in KEPT
    ]
    assert not [
        letter for letter in left if unicodedata.bidirectional(letter)[:2] in ("LR", "RL", "PD", "FS")
    ]
    assert drop_control_characters(left) == left
    assert not set(put_on_a_line(text)) & {"\n", "\t", "\r"}


def test_a_line_is_one_line() -> None:
    assert put_on_a_line("one\ntwo\tthree\u2028four\x1b[2J") == "one two three four[2J"


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("=1+1", "'=1+1"),
        ("+1-800", "'+1-800"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("=a\nb", "'=a\nb"),
        ("-", "'-"),
        ("- a dash", "'- a dash"),
        ("--1", "'--1"),
        ("-5\n", "'-5\n"),
        ("-5", "-5"),
        ("+49", "+49"),
        ("-5.25", "-5.25"),
        ("-.5", "-.5"),
        ("-1,200.5", "-1,200.5"),
        ("-1e-07", "-1e-07"),
        ("a=b", "a=b"),
        ("'=1", "'=1"),
        (" =1", " =1"),
        ("2026-03-09", "2026-03-09"),
        ("", ""),
    ],
)
def test_a_cell_that_would_be_computed_is_disarmed(cell: str, shown: str) -> None:
    assert disarm_cell(cell) == shown


@given(st.lists(LETTERS.filter(lambda text: "\0" not in text), min_size=20, max_size=20))
def test_duckdb_reads_the_patterns_as_python_does(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "ignore").decode() for text in texts]
    value = read_sql("clean_text", value="t", controls=CONTROLS)
    cell = read_sql("disarm_cell", value=f"({value})", formula=FORMULA, number=NUMBER)
    rows = _connect().execute(f"SELECT {value}, {cell} FROM (SELECT unnest($1) AS t)", [texts]).fetchall()
    cleaned = [drop_control_characters(text) for text in texts]
    assert rows == [(text, disarm_cell(text)) for text in cleaned]


def _connect() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("sk-abcdefghijklmnop1234", "***"),
        ("sk-proj-AbCdEf_GhIjKlMnOp", "***"),
        ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", "***"),
        ("github_pat_11ABCDEFG0abcdefghijkl", "***"),
        ("AKIAIOSFODNN7EXAMPLE", "***"),
        ("hf_abcdefghijKLMNOPqrst", "***"),
        ("xoxb-123456789012-abcdefghijkl", "***"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "***"),
        ("0123456789abcdef0123456789abcdef", "***"),
        ("550e8400-e29b-41d4-a716-446655440000", "***"),
        ("http://127.0.0.1:8080/v1/aB3dE5fG7hJ9kL1m", "http://127.0.0.1:8080/v1/***"),
        ("https://user:geheim@example.org/about", "https://***@example.org/about"),
        ("https://example.org/?api_key=short&page=2", "https://example.org/?api_key=***&page=2"),
        ("https://example.org/?TOKEN=short", "https://example.org/?TOKEN=***"),
        ("Bearer abc", "Bearer ***"),
        ("'sk-abcdefghijklmnop1234'", "'***'"),
        # no keys
        ("CHAT_KEY", "CHAT_KEY"),
        ("OPENAI_API_KEY_2", "OPENAI_API_KEY_2"),
        ("https://example.org/about-our-monitor-2026", "https://example.org/about-our-monitor-2026"),
        ("newsdesk@example.org", "newsdesk@example.org"),
        ("meta-llama/Llama-3.1-70B-Instruct-Turbo-0125", "meta-llama/Llama-3.1-70B-Instruct-Turbo-0125"),
        ("gpt-4o-mini-2024-07-18", "gpt-4o-mini-2024-07-18"),
        ("http://127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1"),
        ("task-force-of-the-northern-region", "task-force-of-the-northern-region"),
        ("en,de,fr", "en,de,fr"),
        ("4GB", "4GB"),
    ],
)
def test_what_looks_like_a_key_is_hidden(text: str, shown: str) -> None:
    assert hide_keys(text) == shown
