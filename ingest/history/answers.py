"""What answers of sites and services mean that give no listing, and what is to be said of them."""

from datetime import UTC, datetime

from ingest.http.client import CUT
from ingest.http.exchange import Exchange
from transforms.errors import Transient
from transforms.records import Rejection


def is_cut(answer: Exchange) -> bool:
    """Whether an answer broke off, so that what came of it must not count."""
    return answer.fetch.error.startswith(CUT)


def is_too_large(answer: Exchange) -> bool:
    """Whether an answer is larger than the limits allow."""
    return answer.fetch.outcome == "refused" and answer.fetch.error.startswith("size:")


def try_later(what: str) -> Transient:
    """The error for what may be otherwise in a later run."""
    return Transient(f"{what}; run again later, nothing is lost")


def reject_listing(url: str, feed_id: str, detail: str) -> Rejection:
    """The row that says why a listing, or a part of it, is of no use."""
    return Rejection("feed", url, feed_id, url, "listing_unreadable", detail, datetime.now(UTC))
