"""One incident a real-world event: the mentions of a text that tell of the same one, put together."""

import math
from bisect import bisect_right
from collections import defaultdict
from dataclasses import replace

from transforms.coder.coded_text import CodedText, Incident, MergeLink, TriggerMention
from transforms.coder.conflicts import find_conflict
from transforms.coder.pair_odds import PairMention, PairWeights, rate_clusters

LEAST_LOGIT = 0.0
"""Of two groups of mentions, to be one event."""
_MOST_COMPARED = 100  # incidents told last: a list of a thousand takes no hours


def merge_mentions(coded: CodedText, pairs: PairWeights) -> CodedText:
    """Each mention joins the incident of its type that it fits best, or begins one."""
    incidents: list[Incident] = []
    by_type: dict[str, list[int]] = defaultdict(list)
    for mention in coded.mentions:
        alike = by_type[mention.event_type]
        fitting = [n for n in alike[-_MOST_COMPARED:] if not find_conflict(incidents[n].mentions, mention)]
        rated = [(rate(incidents[number], mention, pairs), -number) for number in fitting]
        logit, number = max(rated, default=(-math.inf, 0))
        if logit >= LEAST_LOGIT:
            told = incidents[-number]
            incidents[-number] = Incident(
                (*told.mentions, mention), (*told.links, MergeLink(round(logit, 2)))
            )
        else:
            alike.append(len(incidents))
            incidents.append(Incident((mention,)))
    return replace(coded, incidents=tuple(_count_on(coded, incidents)))


def _count_on(coded: CodedText, incidents: list[Incident]) -> list[Incident]:
    """What sentences count that report no attack adds to the attack that was reported most before them."""
    telling = {one.sentence.start for one in coded.mentions if one.event_type == "ASSAULT"}
    starts = [one.start for one in (coded.headline, *coded.sentences) if one is not None]
    for counted in coded.casualties:
        start = starts[bisect_right(starts, counted.start) - 1]
        told = [
            n for n, one in enumerate(incidents)
            if one.mentions[0].event_type == "ASSAULT" and one.mentions[0].trigger.realis == "actual"
            and one.mentions[0].start < start and not all(m.trigger.background for m in one.mentions)
        ]  # fmt: skip
        dated = any(
            start <= one.start < counted.start + _MOST_BEHIND for one in coded.dates if one.start >= start
        )
        if start not in telling and told and not dated:
            main = max(told, key=lambda n: (len(incidents[n].mentions), -n))
            incidents[main] = replace(incidents[main], counted=(*incidents[main].counted, counted))
    return incidents


_MOST_BEHIND = 120  # characters: a day beside the count is that of something else


def rate(told: Incident, new: TriggerMention, pairs: PairWeights) -> float:
    """The logit of a mention telling of an incident."""
    return rate_clusters([_pair(one) for one in told.mentions], [_pair(new)], pairs)


def _pair(mention: TriggerMention) -> PairMention:
    trigger, sentence = mention.trigger, mention.sentence.text
    return PairMention(trigger.sentence, sentence[trigger.start : trigger.end], sentence, trigger.vector)
