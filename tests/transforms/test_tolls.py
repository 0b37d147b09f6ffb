"""How many were killed and hurt, sentence by sentence."""

from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.coders import bundled_tables
from transforms.coder.count_people import count_people
from transforms.coder.counts import UNKNOWN, Bound, Count, Kind
from transforms.coder.lexicon import Lexicon, build_lexicon
from transforms.coder.number_words import parse_number
from transforms.word_lists import list_words

NOBODY = (0, 0)


@lru_cache(maxsize=1)
def _lexicon() -> Lexicon:
    return build_lexicon(bundled_tables())


def count(text: str) -> dict[Kind, Count]:
    """The counts of a text of one sentence; of several of a kind the last."""
    found = count_people(text, 0, len(text), _lexicon())
    for one in found:
        assert 0 <= one.count.start <= one.count.end <= len(text)
        assert 0 <= one.start < one.end <= len(text)
    return {one.kind: one.count for one in found}


def find_bound(counts: dict[Kind, Count], kind: Kind) -> Bound:
    return counts[kind].bound if kind in counts else UNKNOWN


def _exactly(number: int | None) -> Bound:
    return (number, number)


TOLLS: tuple[tuple[str, Bound | int, Bound | int], ...] = (
    # subjects and objects
    ("Twelve people were killed in the blast.", 12, UNKNOWN),
    ("The blast killed 12 people.", 12, UNKNOWN),
    ("The shelling killed three soldiers and wounded nine others.", 3, 9),
    ("Gunmen killed one and wounded four near the border.", 1, 4),
    ("Four villagers died and 30 were injured when shells hit the market.", 4, 30),
    ("Eleven people died in the fire bombing of the hostel.", 11, UNKNOWN),
    ("Police said nine men had been shot dead in the valley.", 9, UNKNOWN),
    ("Militants shot dead five teachers on a road north of the town.", 5, UNKNOWN),
    ("A mob beat two travellers to death outside the village.", 2, UNKNOWN),
    ("Six women were hacked to death by raiders on motorcycles.", 6, UNKNOWN),
    ("Rebels shot and killed seven guards at the mine.", 7, UNKNOWN),
    ("Gunmen opened fire on the bus, killing eight pilgrims and injuring 20.", 8, 20),
    ("The bombing left 10 people dead and 30 hurt.", 10, 30),
    ("A mortar round landed in a playground, leaving two children dead and five wounded.", 2, 5),
    ("The raid left 14 dead.", 14, UNKNOWN),
    ("At least 40 were killed, 25 of them children, when jets struck the camp.", (40, None), UNKNOWN),
    ("Gunmen killed 40+ people in the camp.", (40, None), UNKNOWN),
    ("Jets struck the camp: 40+ dead, 90+ injured.", (40, None), (90, None)),
    ("Gunmen killed >40 people and wounded ≥90 others.", (40, None), (90, None)),
    ("Gunmen killed <40 people in the camp.", (None, 40), UNKNOWN),
    ("Twenty-three protesters have been killed since the unrest began.", 23, UNKNOWN),
    ("Three people, all of them civilians, were wounded by the explosion.", UNKNOWN, 3),
    ("The attack, which killed 17 people, was the worst in years.", 17, UNKNOWN),
    ("Seventeen people who were killed in the attack were buried on Friday.", 17, UNKNOWN),
    ("The 17 people killed in the attack were buried on Friday.", 17, UNKNOWN),
    ("Both pilots were killed when rebels shot down the helicopter.", 2, UNKNOWN),
    ("All five passengers were killed by the mine.", 5, UNKNOWN),
    # coordination
    ("Gunmen killed 3 soldiers and 2 civilians.", 5, UNKNOWN),
    ("Three soldiers and a policeman were killed in the ambush.", 4, UNKNOWN),
    ("Two nurses, a driver and four patients were killed when the clinic was shelled.", 7, UNKNOWN),
    ("The strike killed a woman, her two daughters and a neighbour.", 4, UNKNOWN),
    ("Two soldiers were killed and six others were wounded in the clash.", 2, 6),
    ("Five police officers were killed and at least a dozen more wounded.", 5, (12, None)),
    ("The gunman killed a guard and nine others.", 10, UNKNOWN),
    ("Five people were killed and dozens wounded in the stampede after the blast.", 5, UNKNOWN),
    ("Two soldiers and several villagers were killed in the crossfire.", (2, None), UNKNOWN),
    # single victims
    ("A soldier was shot dead at a checkpoint.", 1, UNKNOWN),
    ("The mayor was assassinated on his way to work.", 1, UNKNOWN),
    ("He was killed by a sniper.", 1, UNKNOWN),
    ("A bomb killed the deputy governor and injured his driver.", 1, 1),
    ("Another man was wounded in the shooting.", UNKNOWN, 1),
    ("The editor died of his wounds after the shooting.", 1, UNKNOWN),
    ("The men killed his wife and two sons.", 3, UNKNOWN),
    ("A 12-year-old boy was killed by a stray bullet.", 1, UNKNOWN),
    # bounds
    ("At least 15 people were killed.", (15, None), UNKNOWN),
    ("More than 200 people were wounded in the blast.", UNKNOWN, (200, None)),
    ("Up to 60 fighters were killed in the air strike.", (None, 60), UNKNOWN),
    ("Nearly 100 people were killed in the massacre.", (None, 100), UNKNOWN),
    ("Between 10 and 15 people were killed in the raid.", (10, 15), UNKNOWN),
    ("Some 10 to 15 people were killed in the raid.", (10, 15), UNKNOWN),
    ("The ambush killed 10-15 soldiers.", (10, 15), UNKNOWN),
    ("Two dozen people were hurt in the clashes.", UNKNOWN, 24),
    ("Half a dozen rebels were killed.", 6, UNKNOWN),
    ("A couple of soldiers were wounded by snipers.", UNKNOWN, 2),
    ("Dozens of people were killed in the attack.", UNKNOWN, UNKNOWN),
    ("Dozens were killed and hundreds injured.", UNKNOWN, UNKNOWN),
    ("An estimated 30 people were killed.", 30, UNKNOWN),
    ("As many as 80 people were killed.", (None, 80), UNKNOWN),
    ("No fewer than six farmers were killed by herders.", (6, None), UNKNOWN),
    ("Ten or more people were killed in the attack.", (10, None), UNKNOWN),
    ("A total of 33 people were killed in the two attacks.", 33, UNKNOWN),
    ("Over a hundred people were wounded.", UNKNOWN, (100, None)),
    ("The army said 1,200 fighters had been killed in the offensive.", 1200, UNKNOWN),
    # ranges
    ("Jets killed between 10 and 15 villagers in the valley, officials said.", (10, 15), UNKNOWN),
    ("The raid killed between five and eight guards and wounded 12 to 15 others.", (5, 8), (12, 15)),
    ("Raiders killed from 30 to 40 herders near the wells.", (30, 40), UNKNOWN),
    ("From 30 to 40 herders were wounded.", UNKNOWN, (30, 40)),
    ("Between a dozen and 20 rebels died.", (12, 20), UNKNOWN),
    ("The flood of shells killed at least 30, and perhaps as many as 45, people.", (30, 45), UNKNOWN),
    ("At least 30 and possibly up to 45 recruits were killed.", (30, 45), UNKNOWN),
    ("The death toll rose from 30 to 45.", 45, UNKNOWN),
    ("The ambush killed nine soldiers and wounded as many.", 9, 9),
    ("The ambush killed nine soldiers and wounded at least twice as many.", 9, (18, None)),
    # large numbers
    ("The famine has killed 1.2 million people since the war began.", 1_200_000, UNKNOWN),
    ("The war has killed 1,20,000 people.", 120_000, UNKNOWN),
    ("More than two lakh people were killed in the war.", (200_000, None), UNKNOWN),
    ("The war killed 12k people.", 12_000, UNKNOWN),
    # totals and parts
    ("Twelve people, including two children, were killed in the strike.", 12, UNKNOWN),
    ("The strike killed 12 people, including two children.", 12, UNKNOWN),
    ("The strike killed 12 people, among them two children, and wounded 20.", 12, 20),
    ("At least nine people, seven of them soldiers, were killed.", (9, None), UNKNOWN),
    ("Nine people were killed, three of them women.", 9, UNKNOWN),
    ("Twelve people - eight soldiers and four civilians - were killed in the attack.", 12, UNKNOWN),
    ("Six people were killed: four guards and two drivers.", 6, UNKNOWN),
    ("Two children were among the 12 people killed.", 12, UNKNOWN),
    ("Thirty people were wounded, four of them seriously.", UNKNOWN, 30),
    # nouns
    ("The attack caused the death of five miners.", 5, UNKNOWN),
    ("The militia was blamed for the deaths of 19 villagers.", 19, UNKNOWN),
    ("Shelling led to the death of six people and the injury of more than 20.", 6, (20, None)),
    ("The death toll from the bombing rose to 17 from 12.", 17, UNKNOWN),
    ("The death toll has risen to at least 48, with 90 wounded.", (48, None), 90),
    ("Police put the death toll at 21.", 21, UNKNOWN),
    ("The ambush had a toll of 40 dead.", 40, UNKNOWN),
    ("Eleven people lost their lives in the attack.", 11, UNKNOWN),
    ("The assault claimed 25 lives.", 25, UNKNOWN),
    ("The bombing claimed the lives of 13 worshippers.", 13, UNKNOWN),
    ("The killing of four journalists shocked the capital.", 4, UNKNOWN),
    ("The murder of two aid workers was condemned.", 2, UNKNOWN),
    ("There were three deaths and 16 injuries in the clashes.", 3, 16),
    ("The number of people killed in the bombing has risen to 19.", 19, UNKNOWN),
    ("The bodies of eight men who had been shot were found.", UNKNOWN, UNKNOWN),
    ("The raid left two guards and a driver dead.", 3, UNKNOWN),
    ("By the time police shot him dead he had killed three women.", 3, UNKNOWN),
    ("The ambush inflicted 20 casualties on the army.", (None, 20), (None, 20)),
    ("Three of the dead were children.", UNKNOWN, UNKNOWN),
    ("Among the dead were two nurses.", UNKNOWN, UNKNOWN),
    ("Among those killed were two nurses.", UNKNOWN, UNKNOWN),
    ("The strike did not kill anyone.", UNKNOWN, UNKNOWN),
    ("Ten people were kidnapped and three of them were killed.", 3, UNKNOWN),
    ("Hundreds fled after the strike, which left a family of six dead.", 6, UNKNOWN),
    ("Nine dead, 30 hurt in market blast", 9, 30),
    ("Car bomb kills 9, wounds 30 in Baghdad", 9, 30),
    ("Seven soldiers, two policemen and five civilians were killed.", 14, UNKNOWN),
    ("Some 300 people, mostly women and children, have been killed in the enclave.", 300, UNKNOWN),
    ("The rebels killed two guards, Peter Lund and Ann Field.", 2, UNKNOWN),
    ("The massacre of 43 students shocked the country.", 43, UNKNOWN),
    ("Six monks, their cook and her daughter were murdered at the abbey.", 8, UNKNOWN),
    ("Police said two soldiers had been killed and not five as reported.", 2, UNKNOWN),
    ("Dozens of civilians and eight soldiers have been killed.", (8, None), UNKNOWN),
    ("One soldier died and another was hurt.", 1, 1),
    ("Officials raised the death toll to 58, up from 45 a day earlier.", 58, UNKNOWN),
    ("Thirteen of the 20 passengers were killed.", 13, UNKNOWN),
    # nobody
    ("Nobody was hurt in the explosion.", NOBODY, NOBODY),
    ("No one was killed in the attack.", NOBODY, UNKNOWN),
    ("The rocket fell in a field, causing no casualties.", NOBODY, NOBODY),
    ("There were no injuries.", NOBODY, NOBODY),
    ("The blast killed no one but wounded two people.", NOBODY, 2),
    # hurt in other words
    ("Nine people were treated in hospital after the tear gas attack.", UNKNOWN, 9),
    ("Seven officers suffered injuries in the riot.", UNKNOWN, 7),
    ("Forty people were hospitalised after the gas attack.", UNKNOWN, 40),
    ("Two boys sustained wounds when the grenade went off.", UNKNOWN, 2),
    # numbers that count nobody
    ("Gunmen killed three boys aged 4, 7 and 12 near the river.", 3, UNKNOWN),
    ("The men, aged between 20 and 25, were killed at a checkpoint.", UNKNOWN, UNKNOWN),
    ("The robbers took Rs 50,000 and killed two guards.", 2, UNKNOWN),
    ("The robbers killed a guard and took 500 rupees.", 1, UNKNOWN),
    ("Police killed 20 per cent of the inmates.", UNKNOWN, UNKNOWN),
    ("Three attacks killed 12 people in two days.", 12, UNKNOWN),
    ("Bombs killed people in 3 cities on 4 March 2016.", UNKNOWN, UNKNOWN),
    ("Rebels killed 200 cattle in the raid.", UNKNOWN, UNKNOWN),
    ("Two bombs exploded at 10 a.m., killing people 50 km from the capital.", UNKNOWN, UNKNOWN),
    ("A strike on Route 66 killed three people.", 3, UNKNOWN),
    ("The war, which began in 2011, has killed thousands.", UNKNOWN, UNKNOWN),
)


VAGUE_TOLLS: tuple[tuple[str, int | None, int | None], ...] = (
    ("Dozens of people were killed in the attack.", 12, None),
    ("Dozens were killed and scores wounded.", 12, 20),
    ("Hundreds of villagers were killed and thousands injured.", 100, 1000),
    ("Tens of thousands of people were killed in the war.", 10_000, None),
    ("Several hundred people were killed in the siege.", 200, None),
    ("A few dozen recruits were wounded.", None, 24),
    ("A couple of hundred recruits were wounded.", None, 200),
    ("Several people were killed.", None, None),
)


@pytest.mark.parametrize(("text", "killed", "injured"), VAGUE_TOLLS)
def test_what_is_not_counted_has_a_least(text: str, killed: int | None, injured: int | None) -> None:
    counts = count(text)
    least = [counts[kind].least if kind in counts else None for kind in ("killed", "injured")]
    assert least == [killed, injured]
    assert (find_bound(counts, "killed"), find_bound(counts, "injured")) == (UNKNOWN, UNKNOWN)


@pytest.mark.parametrize(("text", "killed", "injured"), TOLLS, ids=[text for text, _, _ in TOLLS])
def test_tolls(text: str, killed: Bound | int, injured: Bound | int) -> None:
    counts = count(text)
    wanted = tuple(_exactly(n) if isinstance(n, int) else n for n in (killed, injured))
    assert (find_bound(counts, "killed"), find_bound(counts, "injured")) == wanted


@pytest.mark.parametrize(
    ("text", "killed"),
    [
        ("Four gunmen were also killed.", UNKNOWN),
        ("Soldiers shot dead both attackers.", UNKNOWN),
        ("Troops killed six gunmen in a raid on the camp.", (6, 6)),
        ("The bomber and six others died.", (6, 6)),
        ("A suicide bomber killed himself and eight soldiers.", (8, 8)),
    ],
)
def test_attackers_are_not_counted(text: str, killed: Bound) -> None:
    assert find_bound(count(text), "killed") == killed


SMALL = list_words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
TENS = list_words("twenty thirty forty fifty sixty seventy eighty ninety")


def spell(number: int, hyphen: str, link: str) -> str:
    """A number up to 9999 in words."""
    if number < 20:
        return SMALL[number]
    if number < 100:
        tens, unit = divmod(number, 10)
        return TENS[tens - 2] + (hyphen + SMALL[unit] if unit else "")
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return f"{SMALL[hundreds]} hundred" + (f"{link}{spell(rest, hyphen, link)}" if rest else "")
    thousands, rest = divmod(number, 1000)
    between = link if rest < 100 else " "
    return f"{SMALL[thousands]} thousand" + (f"{between}{spell(rest, hyphen, link)}" if rest else "")


@given(st.integers(0, 9999), st.sampled_from(["-", " "]), st.sampled_from([" ", " and "]))
def test_numbers_in_words_are_read_back(number: int, hyphen: str, link: str) -> None:
    words = spell(number, hyphen, link).split()
    assert parse_number(words, 0) == (number, len(words))


PIECES = st.sampled_from(
    list_words(
        "12 three people soldiers and , killed were wounded dead the a bomber of in who . including them others "
        "no at least between 10 to he shot to death lives lost toll rose ( ) - nobody himself 2016 dozens injuring"
    )
)


@given(st.lists(PIECES, min_size=1, max_size=25))
def test_any_words_give_ordered_tolls(words: list[str]) -> None:
    for low, high in (one.bound for one in count(" ".join(words)).values()):
        assert low is None or low >= 0
        assert low is None or high is None or low <= high


@given(st.text(max_size=120))
def test_any_text_has_a_toll(text: str) -> None:
    line = " ".join(text.split())
    if line:
        count(f"{line} killed 3 people")
