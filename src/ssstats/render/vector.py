"""Charts as they stand in a chapter: SVG in a data address, made fit for a page or the PDF.

A page allows no styles outside its style sheet, so what a chart says in style attributes becomes
plain attributes; identifiers get the chart's own prefix, because charts are drawn alike.
"""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache
from xml.etree import ElementTree

from ssstats.errors import RenderError
from ssstats.render.slim import SVG as _SVG
from ssstats.render.slim import slim

_LINK = "{http://www.w3.org/1999/xlink}href"
_ADDRESS = "data:image/svg+xml;base64,"
_DROPPED = {f"{{{_SVG}}}metadata", f"{{{_SVG}}}style", f"{{{_SVG}}}title", f"{{{_SVG}}}desc"}
_ACTIVE = {f"{{{_SVG}}}script", f"{{{_SVG}}}foreignObject", "script"}


def svg_bytes(address: str, where: str) -> bytes:
    """Return the SVG that a data address holds.

    Raises
    ------
    RenderError
        If the address is of another kind or cannot be decoded; `where` names the figure.
    """
    if not address.startswith(_ADDRESS):
        raise RenderError(f"{where} is not an SVG in a data address; a chart stands in its chapter")
    try:
        return base64.b64decode(address.removeprefix(_ADDRESS), validate=True)
    except binascii.Error as problem:
        raise RenderError(f"{where} cannot be decoded: {problem}") from problem


def inline_svg(svg: bytes, identifier: str, title: str, description: str, where: str) -> str:
    """Return the drawing as an element of an HTML page, named by title and description."""
    root = _parsed(svg, where)
    if root.tag != f"{{{_SVG}}}svg":
        raise RenderError(f"{where} is not an SVG drawing")
    _check_still(root, where)
    _clean(root)
    slim(root, identifier)
    for key in ("width", "height", "version"):
        root.attrib.pop(key, None)
    title_id, description_id = f"{identifier}-title", f"{identifier}-desc"
    root.attrib.update(
        {"class": "chart", "role": "img", "aria-labelledby": f"{title_id} {description_id}"}
    )
    root.attrib.setdefault("stroke-linejoin", "round")
    for position, (tag, key, text) in enumerate(
        (("title", title_id, title), ("desc", description_id, description))
    ):
        element = ElementTree.Element(f"{{{_SVG}}}{tag}", {"id": key})
        element.text = text
        root.insert(position, element)
    ElementTree.register_namespace("", _SVG)
    return ElementTree.tostring(root, encoding="unicode").replace(f' xmlns="{_SVG}"', "", 1)


def _parsed(svg: bytes, where: str) -> ElementTree.Element:
    if b"<!ENTITY" in svg:
        raise RenderError(f"{where} declares entities; a chart is plain SVG")
    try:
        return ElementTree.fromstring(svg)
    except ElementTree.ParseError as problem:
        raise RenderError(f"{where} is not valid SVG: {problem}") from problem


def _check_still(root: ElementTree.Element, where: str) -> None:
    tags = {element.tag for element in root.iter()}
    settings = {key for element in root.iter() for key in element.attrib}
    if not _ACTIVE.isdisjoint(tags) or any(key.startswith("on") for key in settings):
        raise RenderError(f"{where} holds a script or foreign content; a chart is plain SVG")
    for element in root.iter():
        target = element.get(_LINK) or element.get("href") or "#"
        if not target.startswith(("#", "data:image/png;base64,")):
            raise RenderError(f"{where} leads to {target[:60]!r}; a chart loads nothing")


def _clean(element: ElementTree.Element) -> None:
    for child in list(element):
        if child.tag in _DROPPED:
            element.remove(child)
        else:
            _clean(child)
    attributes = element.attrib
    attributes.update(_declared(attributes.pop("style", "")))
    if target := attributes.pop(_LINK, None) or attributes.pop("href", None):
        attributes["href"] = target
    # Line breaks between elements are half of what a plotting library writes.
    element.tail = (element.tail or "").strip() or None
    if not (element.text or "").strip():
        element.text = None


# A chart says the same of most of its elements.
@lru_cache(maxsize=1 << 10)
def _declared(style: str) -> tuple[tuple[str, str], ...]:
    """Return the settings of a style attribute by name."""
    parts = (declaration.partition(":") for declaration in style.split(";"))
    return tuple((key.strip(), setting.strip()) for key, _, setting in parts if setting)
