"""From the text of an article to its events: see docs/coder.md."""
