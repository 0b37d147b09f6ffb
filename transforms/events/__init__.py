"""From the mentions of many articles to events and stories."""
