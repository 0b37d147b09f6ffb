"""Queries to begin with on the page SQL."""

QUERIES = [
    {
        "title": "The latest events that several outlets report",
        "sql": "SELECT event_day, event_type, mode, place_name, country, actor, recipient, killed_best, outlets,\n"
        "    sentence\nFROM events\nWHERE outlets >= 2 AND NOT background\n"
        "ORDER BY event_day DESC, outlets DESC\nLIMIT 100;",
    },
    {
        "title": "Events and deaths by month and type",
        "sql": "SELECT date_trunc('month', event_day)::DATE AS month, event_type, count(*) AS events,\n"
        "    sum(killed_best)::BIGINT AS killed\nFROM events\nWHERE NOT background\nGROUP BY ALL\nORDER BY ALL;",
    },
    {
        "title": "Where most people were killed in the last 90 days",
        "sql": "SELECT country, place_name, count(*) AS events, sum(killed_best)::BIGINT AS killed\nFROM events\n"
        "WHERE NOT background AND event_day >= (SELECT max(event_day) FROM events) - 90\nGROUP BY ALL\n"
        "HAVING killed > 0\nORDER BY killed DESC\nLIMIT 50;",
    },
    {
        "title": "Events whose tolls outlets give differently",
        "sql": "SELECT event_id, event_day, place_name, killed_min, killed_best, killed_max, outlet_names\n"
        "FROM events\nWHERE list_contains(disputed, 'killed')\nORDER BY killed_max - killed_min DESC\nLIMIT 50;",
    },
    {
        "title": "Who acts against whom",
        "sql": "SELECT actor, recipient, event_type, count(*) AS events\nFROM events\n"
        "WHERE actor <> '' AND recipient <> '' AND NOT background\nGROUP BY ALL\nORDER BY events DESC\nLIMIT 100;",
    },
    {
        "title": "Articles by outlet and language",
        "sql": "SELECT outlet, language, count(*) AS articles, max(fetched_at) AS last_fetched_at\n"
        "FROM current_articles\nGROUP BY ALL\nORDER BY articles DESC;",
    },
    {
        "title": "Feeds with trouble",
        "sql": "SELECT outlet, url, status, failures, last_error, last_success_at\nFROM feed_health\n"
        "WHERE failures > 0 OR status <> 'active'\nORDER BY failures DESC;",
    },
]
"""Each with a `title` and its `sql`."""
