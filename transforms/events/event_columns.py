"""The columns that the tables `mentions` and `events` share."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class EventColumns:
    """What one article reports of an event, and what the merged event says, under the same names.

    `Report` and `MergedEvent` add their own to it, and `warehouse/sql/merge.sql` reads these columns by this
    list. A field of `transforms.records.Event` that merging is to see needs its line here, a rule in
    `merge_reports`, and a migration that adds it to both tables.
    """

    event_type: str
    mode: str
    event_day: date
    date_start: str
    date_end: str
    country: str
    admin1: str
    place_name: str
    lat: float | None
    lon: float | None
    geonameid: int | None
    place_precision: str
    actor: str
    actor_country: str
    actor_sector: str
    recipient: str
    recipient_country: str
    recipient_sector: str
    actor_names: tuple[str, ...]
    recipient_names: tuple[str, ...]
    weapons: tuple[str, ...]
    killed_min: int | None
    killed_max: int | None
    injured_min: int | None
    injured_max: int | None
    toll_claimed: bool
    cameo: str
    goldstein: float | None
    quad: int | None
    acled_type: str
    acled_subtype: str
    sentence: str
    confidence: float
    background: bool
