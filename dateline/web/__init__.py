"""The local site: pages, a JSON API, feeds and downloads, all read from the published file."""
