"""The report of some days as one HTML file, to keep and to mail."""
