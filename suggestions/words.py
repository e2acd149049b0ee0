"""Words of English texts: which carry meaning, which only hold a sentence together."""

from __future__ import annotations

import re
from functools import lru_cache

_LISTED = """
a about above across actually after again against ago ain all almost along already also although always am among an
and another any anybody anyone anything anyway are aren around as ask asked asking at away back be became because
become been before behind being below between both but by came can cannot cant come comes coming could couldn d did
didn do does doesn doing don done dont down due during each either else enough even ever every everybody everyone
everything few for from further gave get gets getting give given gives go goes going gone gonna got had hadn half
has hasn have haven having he hello help helps her here hers herself hey hi him himself his how however i if ill im
in inside instead into is isn it its itself ive just keep keeps kept kind know knows last later least less let lets
like likely ll look looking looks lot lots m made make makes making many may maybe me mean means might mine more
most much must my myself near need needed needs neither never new next no nobody none nor not nothing now of off
often oh ok okay on once one ones only onto or other others our ours ourselves out over own per perhaps please
possible put quite rather re really right s said same saw say says see seem seems seen several shall she should
shouldn show since so some somebody someone something sometimes soon still such sure t take taken takes tell than
thank thanks that the their theirs them themselves then there these they thing things think this those though
through time times to today together told tomorrow tonight too took toward towards tried try trying twice two under
unless until up upon us use used using usually ve very via want wanted wants was wasn way we well went were weren
what whatever when whenever where whether which while who whole whom whose why will with within without won wont
wonder would wouldn yes yesterday yet you your yours yourself able anymore feel felt find found first second third
monday tuesday wednesday thursday friday saturday sunday week weeks day days month months year years hour hours
morning afternoon evening three four five six seven eight nine ten hundred thousand million
"""

FUNCTION_WORDS = frozenset(_LISTED.split())
"""Words that never name a topic: grammar, everyday verbs, times and numbers."""

_EMPTY = """
good bad best better worse worst great nice wrong right real half double couple several whole main lot kind sort bit
eleven twelve fifteen twenty thirty forty fifty sixty ninety today tonight minute second moment sooner longer earlier
later easier harder january february march april june july august september october november december please somehow
somewhere quick quickly slowly properly exactly nearly simply completely finally suddenly badly barely hardly truly
fully totally apparently probably maybe everywhere currently
"""
EMPTY = frozenset(_EMPTY.split())
"""Words that add nothing to the name of a topic."""

_VAGUE = """
problem issue question thing stuff topic matter case part side reason idea trouble answer start end stop work worked
working run ran running call called calling change changed changing new old big small large long short high low hard
easy difficult early late slow fast full empty different open close closed lost lose missing miss broke broken break
fail failed failing wait waited waiting set put add added adding send sent sending write wrote written writing read
reading show showed shown talk talked say speak person people team member colleague man woman guy way place point fact
hand handing head name level list line number amount left top bottom front check move moved pick picked hold held bring
brought begin began turn turned follow followed explain explained understand understood decide decided leave finish
finished happen happened believe hope hoped plan planned agree agreed offer offered promise promised pay paid spend
spent cost buy bought sell sold learn learned remember forget forgot forgotten refuse refused reject rejected accept
accepted join joined grow grew fall fell fix fixed update updated important due busy free sure clear ready able happy
sorry afraid stuck depend asking weekly daily monthly yearly trust
"""
VAGUE = frozenset(_VAGUE.split())
"""Words that name a topic only beside another."""

_GIVEN_NAMES = """
aaron adam alan alex alexander alice amanda amy ana andrea andrew angela anna anne anthony ashley barbara ben benjamin
beth betty bob brandon brenda brian carlos carol caroline catherine charles charlotte chris christina christine
christopher cynthia daniel david deborah dennis diana diane donald donna dorothy edward elena elizabeth emily emma eric
erik eva frank gary george gregory hannah heather helen henry jack jacob jake james jane janet jason jeff jeffrey
jennifer jeremy jessica jim joe john johnny jon jonathan jordan jose joseph joshua juan judith julia julie justin karen
kate katherine kathleen keith kelly kenneth kevin kimberly larry laura lauren linda lisa lucas luis maria marie marta
martha martin mary matt matthew max megan melissa michael michelle mike mohamed mohammed monica nancy natalie nathan
nicholas nick nicole nina olivia omar pamela patricia patrick paul peter phil philip rachel ralph raymond rebecca
richard robert roger ronald ruth ryan samantha samuel sandra sara sarah scott sean sharon sofia sophia sophie stephanie
stephen steve steven susan teresa thomas timothy tom tyler vanessa victoria vincent walter wendy william zachary
"""
GIVEN_NAMES = frozenset(_GIVEN_NAMES.split())
"""Frequent ones that are no other word: people write them small, too, and of people nobody told us of."""

_LEADS_A_THING = """
a an the my our your his her its their this that these those no every each another any some which what whose of for
with about on from without between over into at in two three four five
"""
LEADS_A_THING = frozenset(_LEADS_A_THING.split())
"""After these comes, sooner or later, what is spoken of."""

_LEADS_A_DOING = """
i we you he she they it who to can cannot can't could couldn't should shouldn't would wouldn't will won't must don't
doesn't didn't not never i've i'll i'd we've we'll nobody somebody someone everybody everyone let's please
"""
LEADS_A_DOING = frozenset(_LEADS_A_DOING.split())
"""After these comes, more often than not, what is done."""

_AFTER_A_DOING = """
a an the my our your his her its their this that these those every each another any some me us them him it you myself
ourselves again
"""
AFTER_A_DOING = frozenset(_AFTER_A_DOING.split())
"""Before these stands, more often than not, what is done."""

TOKEN = re.compile(r"\S+")
ADDRESS = re.compile(r"@|://|^www\.|\.(com|org|net|io|de|uk)\b", re.IGNORECASE)
EDGES = "\"'`´’‘“”«»()[]{}<>.,;:!?…*_~#|/\\-–—"
LONGEST_WORD = 24


def content_words(text: str) -> list[tuple[str, str]]:
    """The text's words in order as (key, form): "" for the key of a word that names nothing.

    key: lower case, a plural or possessive ending taken off, so that forms of one word meet. form: as it was written.
    Names of nothing: function words, numbers, anything with a digit, addresses, single letters. A word ending a clause
    is followed by ("", "") so that no phrase reaches across.
    """
    found: list[tuple[str, str]] = []
    for raw in TOKEN.findall(text):
        form = raw.strip(EDGES).replace("’", "'")
        found.append((key(form), form))
        if raw[-1] in ".,;:!?…)":
            found.append(("", ""))
    return found


@lru_cache(maxsize=1 << 16)
def key(form: str) -> str:
    """What the forms of one word share, or "" for a word that names no topic."""
    if ADDRESS.search(form) or any(each.isdigit() for each in form):
        return ""
    low = form.lower().removesuffix("'s").replace("'", "")
    if not 1 < len(low) <= LONGEST_WORD or low in FUNCTION_WORDS or form.lower().split("'")[0] in FUNCTION_WORDS:
        return ""
    if not low.replace("-", "").replace("/", "").isalpha():
        return ""
    singular = _singular(low)
    return "" if singular in FUNCTION_WORDS else singular


def _singular(low: str) -> str:
    if len(low) > 4 and low.endswith("ies"):
        return low[:-3] + "y"
    if len(low) > 3 and low.endswith("s") and not low.endswith(("ss", "us", "is")):
        return low[:-1]
    return low
