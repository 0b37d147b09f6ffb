"""Dates and times as people write them, in the languages and forms of news."""
