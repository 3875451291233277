"""Drawings without what no reader sees: wrappers, unused names, repeated settings, white paper.

A plotting library writes three bytes for each one that draws; pages carry their charts, so this
decides how long a page takes to load.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from xml.etree import ElementTree

SVG = "http://www.w3.org/2000/svg"

_ADDRESS = re.compile(r"url\(#([^)]+)\)")
_NUMBER = re.compile(r"-?\d+\.\d+")
_COMMAND = re.compile(r"\s*([A-Za-z])\s*")
_NO_TURN = re.compile(r"rotate\(-?0(\.0*)? [^)]*\)")
_FAMILY = "font-family"
# What a text has that says nothing: it must say so where the root says something else.
_UNSET = {"font-size": "16px", "fill": "#000000"}
_INHERITED = ("fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "text-anchor")
# Places are shown at about two pixels a unit: a tenth of a unit is less than a reader sees.
_GEOMETRY = {"x", "y", "points", "transform", "width", "height", "cx", "cy", "r"}


def slim(root: ElementTree.Element, prefix: str) -> None:
    """Take from a drawing, in place, what changes nothing that is seen.

    Identifiers that are used become short ones that start with `prefix`; the others go. Size
    and colour of most of its text stand once, at the root, and no family: the page's is inherited.
    """
    _rename(root, prefix)
    for key in ("font-size", "fill"):
        _say_once(root, key)
    for element in root.iter():
        element.attrib.pop(_FAMILY, None)
        if _NO_TURN.fullmatch(element.get("transform", "")):
            del element.attrib["transform"]
        for key in _GEOMETRY.intersection(element.attrib):
            element.attrib[key] = _in_tenths(element.attrib[key])
        if "d" in element.attrib:
            element.attrib["d"] = _short_path(element.attrib["d"])
    root[:] = list(_clipped_together(_flat(root)))


def _say_once(root: ElementTree.Element, key: str) -> None:
    """Say at the root what most texts say of themselves."""
    texts = list(root.iter(f"{{{SVG}}}text"))
    said = Counter(text.attrib[key] for text in texts if key in text.attrib)
    if not said:
        return
    commonest = max(said, key=lambda setting: (said[setting], setting))
    for text in texts:
        if text.get(key) == commonest:
            del text.attrib[key]
        else:
            text.attrib.setdefault(key, _UNSET[key])
    root.set(key, commonest)


def _rename(root: ElementTree.Element, prefix: str) -> None:
    used = {name for element in root.iter() for name in _named_in(element)}
    short = {name: f"{prefix}-{place}" for place, name in enumerate(sorted(used))}
    for element in root.iter():
        if element.get("id") in short:
            element.set("id", short[element.attrib["id"]])
        else:
            element.attrib.pop("id", None)
        for key, text in element.attrib.items():
            if key == "href" and text[0] == "#":
                element.set(key, "#" + short[text[1:]])
            elif "url(" in text:
                element.set(key, _ADDRESS.sub(lambda found: f"url(#{short[found[1]]})", text))


def _named_in(element: ElementTree.Element) -> Iterator[str]:
    for key, text in element.attrib.items():
        if key == "href" and text[0] == "#":
            yield text[1:]
        elif "url(" in text:
            yield from _ADDRESS.findall(text)


# Ticks and marks stand in line, in one chart after the other.
@lru_cache(maxsize=1 << 14)
def _in_tenths(places: str) -> str:
    return _NUMBER.sub(_tenths, places)


@lru_cache(maxsize=1 << 14)
def _short_path(commands: str) -> str:
    return _COMMAND.sub(itemgetter(1), _in_tenths(commands)).strip()


def _tenths(found: re.Match[str]) -> str:
    text = f"{float(found[0]):.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _flat(parent: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """Give the children of an element, those of a bare group in the group's place."""
    for child in list(parent):
        child[:] = list(_flat(child))
        if child.tag == f"{{{SVG}}}g":
            _say_for_all(child)
        bare = child.tag == f"{{{SVG}}}g" and not child.attrib
        if bare:
            yield from child
        elif not _is_paper(child) and not _is_empty(child):
            yield child


def _say_for_all(group: ElementTree.Element) -> None:
    """Say at a group what all its elements say of themselves and would inherit."""
    if len(group) < 2:
        return
    for key in _INHERITED:
        setting = group[0].get(key)
        if (
            setting is not None
            and key not in group.attrib
            and all(element.get(key) == setting for element in group)
        ):
            group.set(key, setting)
            for element in group:
                del element.attrib[key]


def _clipped_together(
    elements: Iterator[ElementTree.Element],
) -> Iterator[ElementTree.Element]:
    """Put neighbours that are cut off alike into one group that says so once."""
    for clip, run in groupby(elements, key=lambda element: element.attrib.pop("clip-path", "")):
        if not clip:
            yield from run
            continue
        group = ElementTree.Element(f"{{{SVG}}}g", {"clip-path": clip})
        group.extend(run)
        _say_for_all(group)
        yield group


def _is_paper(element: ElementTree.Element) -> bool:
    return set(element.attrib) == {"d", "fill"} and element.attrib["fill"] == "#ffffff"


def _is_empty(element: ElementTree.Element) -> bool:
    return element.tag in (f"{{{SVG}}}g", f"{{{SVG}}}defs") and not len(element)
