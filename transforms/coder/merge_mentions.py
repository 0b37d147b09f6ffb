"""One incident a real-world event: the mentions of a text that tell of the same one, put together."""

import math
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
    return replace(coded, incidents=tuple(incidents))


def rate(told: Incident, new: TriggerMention, pairs: PairWeights) -> float:
    """The logit of a mention telling of an incident."""
    return rate_clusters([_pair(one) for one in told.mentions], [_pair(new)], pairs)


def _pair(mention: TriggerMention) -> PairMention:
    trigger, sentence = mention.trigger, mention.sentence.text
    return PairMention(trigger.sentence, sentence[trigger.start : trigger.end], sentence, trigger.vector)
