"""Markup to text: what a reader sees, however it was escaped."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.plain_characters import drop_unseen_characters
from transforms.plain_text import html_to_line, html_to_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Ports &amp; piers", "Ports & piers"),
        ("Ports &amp;amp;amp; piers", "Ports & piers"),
        ("the mayor&amp;#8217;s office", "the mayor’s office"),
        ("&lt;b&gt;Crane&lt;/b&gt; falls", "Crane falls"),
        (
            "&amp;lt;p&amp;gt;Two hurt.&amp;lt;/p&amp;gt;&amp;lt;p&amp;gt;More.&amp;lt;/p&amp;gt;",
            "Two hurt.\nMore.",
        ),
        ("<p>Write &lt;p&gt; for a paragraph</p>", "Write <p> for a paragraph"),
        ("The &lt;video&gt; element", "The <video> element"),
        ("if a&lt;b then", "if a<b then"),
        ("&nosuch; and R&D;", "&nosuch; and R&D;"),
        ("hu&shy;rt&#8203; on&#xFEFF; the\u2060 pier\u202e", "hurt on the pier"),
        ("می\u200cخواهند", "می\u200cخواهند"),
        ("क्\u200dष 👩\u200d🚒", "क्\u200dष 👩\u200d🚒"),
        ("hurt\u200c badly\u200d, he\u200dsaid", "hurt badly, hesaid"),
        ("half \ud83d an emoji\x1b[31m", "half an emoji[31m"),
        ("a\u00a0b\u2009c\u3000d", "a b c d"),
    ],
)
def test_texts(markup: str, text: str) -> None:
    assert html_to_text(markup) == text


@given(st.text(st.characters()))
def test_what_is_read_can_be_written_and_is_clean(text: str) -> None:
    line = html_to_line(text)
    line.encode()
    assert drop_unseen_characters(line) == line


def test_markup_without_end_is_read_in_proportion() -> None:
    def measure(markup: str) -> float:
        began = time.process_time()
        html_to_text(markup)
        return time.process_time() - began

    for piece in ("<a>", "<script>", "&lt;p&gt;", "\u200c", "x\u200dك", "<a ", "&", "<p>w</p>"):
        measure(piece * 100)
        assert measure(piece * 400_000) < 8 * measure(piece * 100_000) + 0.5, piece
