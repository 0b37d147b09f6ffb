"""From the bytes of a feed to entries, and when to ask again."""
