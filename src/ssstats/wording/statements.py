"""Numbers of a text, and statements of change: old value, new value, difference, percentage.

Statements are read from the sentence patterns of both languages ("rose from 10 to 15, an increase
of 5 (50%)"). Pure functions of text; nothing here knows of releases.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_RELATIVE = rf"(?:[^.()]{{0,40}}\((?P<percentage>{_NUMBER})%\))?"
# How large a change is said to be: a noun with its size, a verb with it, or a comparison.
_SIZES = {
    "en": (
        rf"\b(?P<way>increase|rise|decrease|fall|drop|reduction) of (?P<size>{_NUMBER})"
        rf"(?P<percent>%)?(?P<points> percentage points?)?{_RELATIVE}",
        rf"\b(?P<way>rose|increased|grew|fell|decreased|dropped) by (?P<size>{_NUMBER})"
        rf"(?P<percent>%)?(?P<points> percentage points?)?{_RELATIVE}",
        rf"(?P<size>{_NUMBER})(?P<percent>%)?(?: \((?P<percentage>{_NUMBER})%\))?"
        rf"(?P<points> percentage points?)? (?P<way>higher|lower|more|fewer) than",
    ),
    "cy": (
        rf"\b(?P<way>[cg]ynnydd|g?ostyngiad) o (?P<size>{_NUMBER})"
        rf"(?P<percent>%)?(?P<points> pwynt canran)?{_RELATIVE}",
        rf"\b(?P<way>[cg]ynyddodd|g?ostyngodd) [^.\d]*(?P<size>{_NUMBER})(?P<percent>)"
        rf"(?P<points> pwynt canran){_RELATIVE}",
        rf"(?P<size>{_NUMBER})(?P<percent>%)?(?: \((?P<percentage>{_NUMBER})%\))?"
        rf"(?P<points> pwynt canran)? yn (?P<way>uwch|is|fwy|llai)\b",
    ),
}
_BOTH_ENDS = {
    "en": rf"\bfrom (?P<old>{_NUMBER})%?(?: days?)?(?: in \d{{4}}-\d{{2}})? to (?P<new>{_NUMBER})",
    "cy": rf"\bo (?P<old>{_NUMBER})%?(?: diwrnod)?(?: yn \d{{4}}-\d{{2}})? i (?P<new>{_NUMBER})",
}
# The year before with its figure, behind how much more or less it is now.
_THAN = {
    "en": rf"\bthan (?:in \d{{4}}-\d{{2}}|on 31 March \d{{4}}) \((?P<old>{_NUMBER})%?\)",
    "cy": rf"\bnag (?:yn \d{{4}}-\d{{2}}|ar 31 Mawrth \d{{4}}) \((?P<old>{_NUMBER})%?\)",
}
# Last year's figure beside this year's, without a size.
_BESIDE = {
    "en": rf"\bcompared with (?:a (?:total|rate|percentage) of )?(?P<old>{_NUMBER})(?P<percent>%)?"
    r"(?P<rate> per [\d,]+)?,? (?:a year earlier|(?:in )?the (?:year before|previous year))",
    "cy": rf"\bo gymharu â ch(?:yfanswm|yfradd|anran|yfran) o (?P<old>{_NUMBER})(?P<percent>%)?"
    r"(?P<rate> fesul [\d,]+)? (?:flwyddyn ynghynt|yn y flwyddyn flaenorol)",
}
_FALLS = {"decrease", "fall", "drop", "reduction", "fell", "decreased", "dropped", "lower", "fewer",
          "gostyngiad", "ostyngiad", "gostyngodd", "ostyngodd", "is", "llai"}  # fmt: skip
_FIGURE = re.compile(r"(?<![\w,./{-])\d[\d,]*(?:\.\d+)?(?![\w/-])")
# Numbers that are no figures: reporting years, dates, years, references, numbers of a list.
_NO_FIGURE = re.compile(
    r"\b\d{4}-\d{2}\b"
    r"|\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December|Ionawr|Chwefror|Mawrth|Ebrill|Mai|Mehefin|Gorffennaf|Awst|Medi|Hydref|Tachwedd"
    r"|Rhagfyr)\b"
    r"|\b(?:19|20)\d{2}\b"
    r"|\b[A-Z]{2}[/-]?\d+\w*\b"
    r"|^\s*\d+\.\s",
    re.MULTILINE,
)
_RATE = re.compile(r"\b(?:rate|percentage|chyfradd|chanran|chyfran) o", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_TIMES = re.compile(r"\b\d{1,2} [A-Z][a-z]+(?: \d{4})?|\b\d{4}-\d{2}\b|\b(?:19|20)\d{2}\b")


@dataclass(frozen=True)
class Statement:
    """A change as a sentence states it; None where the sentence does not say.

    `size` is signed and `percentage` is not. `new` is the first number of the sentence where it
    does not give both ends. `of_measure` says that it is about a percentage or a rate.
    """

    position: int
    words: str
    sentence: str
    old: float | None
    new: float | None
    size: float | None
    percentage: float | None
    of_measure: bool
    decimals: int


def sentences_of(text: str) -> list[tuple[int, str]]:
    """Return the sentences of a text with the place where each begins."""
    found = []
    start = 0
    for sentence in _SENTENCE_END.split(text):
        start = text.index(sentence, start)
        found.append((start, sentence))
        start += len(sentence)
    return found


def statements_of(text: str, *, language: str) -> list[Statement]:
    """Return the changes that the sentences of a text state."""
    stated = (_statement(own, start, language) for start, own in sentences_of(text))
    return [statement for statement in stated if statement is not None]


def numbers_of(text: str) -> list[tuple[int, str]]:
    """Return place and digits of every number of a text that states a figure."""
    plain = _NO_FIGURE.sub(lambda match: "\N{SECTION SIGN}" * len(match.group(0)), text)
    return [(match.start(), match.group(0).rstrip(",")) for match in _FIGURE.finditer(plain)]


def numbers_in(text: str) -> list[str]:
    """Return the digits of every number of a text, whatever it stands for."""
    return [digits.rstrip(",") for digits in _FIGURE.findall(text)]


def number_of(digits: str) -> float:
    """Return the number that digits with thousands commas stand for."""
    return float(digits.replace(",", ""))


def _statement(sentence: str, start: int, language: str) -> Statement | None:
    matches = (re.search(pattern, sentence, re.IGNORECASE) for pattern in _SIZES[language])
    size = next((match for match in matches if match), None)
    if size is None:
        return _beside(sentence, start, language)
    ends = re.search(_BOTH_ENDS[language], sentence, re.IGNORECASE)
    than = re.search(_THAN[language], sentence, re.IGNORECASE)
    before = ends or than
    amount = number_of(size["size"])
    relative = bool(size["percent"]) and not size["points"]
    given = size.groupdict().get("percentage")
    return Statement(
        position=start + size.start(),
        words=size.group(0),
        sentence=sentence,
        old=number_of(before["old"]) if before else None,
        new=number_of(ends["new"]) if ends else _first_number(sentence[: size.start()]),
        size=None if relative else -amount if size["way"].lower() in _FALLS else amount,
        percentage=amount if relative else number_of(given) if given else None,
        of_measure=bool(size["points"]),
        decimals=len(size["size"].partition(".")[2]),
    )


def _beside(sentence: str, start: int, language: str) -> Statement | None:
    found = re.search(_BESIDE[language], sentence, re.IGNORECASE)
    if found is None:
        return None
    return Statement(
        position=start + found.start(),
        words=found.group(0),
        sentence=sentence,
        old=number_of(found["old"]),
        new=_first_number(sentence[: found.start()]),
        size=None,
        percentage=None,
        of_measure=bool(found["percent"] or found["rate"] or _RATE.search(found.group(0))),
        decimals=len(found["old"].partition(".")[2]),
    )


def _first_number(words: str) -> float | None:
    found = re.search(_NUMBER, _TIMES.sub("", words))
    return number_of(found.group(0)) if found else None
