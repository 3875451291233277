"""Strings in the objects of a PDF: titles, alternative texts, properties, metadata."""

from __future__ import annotations

import re

from ssstats.pdf_pages.objects import OtherPdfError, PdfObjects, unpacked

# Parentheses in pairs need no sign before them (ISO 32000-1, 7.3.4.2), two deep here.
_PLAIN = rb"[^()\\]*(?:\\.[^()\\]*)*"
_PAIRED = rb"%b(?:\(%b\)%b)*" % (_PLAIN, _PLAIN, _PLAIN)
_STRING = re.compile(rb"\((%b(?:\(%b\)%b)*)\)" % (_PLAIN, _PAIRED, _PLAIN), re.DOTALL)
# In UTF-16, its mark first.
_CODED = re.compile(rb"<FEFF([0-9A-F]*)>")
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_SIGNS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_AS_THEY_ARE = {b"(", b")", b"\\"}


def strings_of(objects: PdfObjects) -> tuple[str, ...]:
    """Return every string that an object holds, and the metadata of the document.

    Raises
    ------
    OtherPdfError
        If a string is written in another way than those of a release.
    """
    found: list[str] = []
    for text in objects.packed.values():
        # By turns what stands between strings, and strings.
        parts = _STRING.split(text)
        rest = b"".join(parts[::2])
        coded = _CODED.findall(rest)
        if (
            b"(" in rest
            or b")" in rest
            # Any other sign is that of a dictionary.
            or rest.count(b"<") != len(coded) + 2 * rest.count(b"<<")
        ):
            raise OtherPdfError("a string is written in another way")
        found += map(_plain, parts[1::2])
        found += [_decoded(bytes.fromhex(own.decode()), "utf-16-be") for own in coded]
    found += [
        _decoded(unpacked(settings, content), "utf-8")
        for settings, content in objects.streams.values()
        if b"/Type/Metadata" in settings
    ]
    return tuple(found)


def _plain(written: bytes) -> str:
    return _decoded(_ESCAPED.sub(_sign, written) if b"\\" in written else written, "ascii")


def _sign(escaped: re.Match[bytes]) -> bytes:
    sign = escaped[1]
    if sign not in _SIGNS and sign not in _AS_THEY_ARE:
        raise OtherPdfError("a sign of a string is written in another way")
    return _SIGNS.get(sign, sign)


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise OtherPdfError("a string is no text") from None
