"""Reference tables as CSV; README.md says what each column means."""
