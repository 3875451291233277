"""What is installed here, from the headers of packages' own descriptions.

The descriptions themselves are long and of no use here: nothing below the headers is read.
"""

from __future__ import annotations

import re
from email import message_from_string
from email.message import Message
from importlib.metadata import Distribution, distributions

_NAME = re.compile(r"^Name: *(.*?)\s*$", re.MULTILINE)
_VERSION = re.compile(r"^Version: *(.*?)\s*$", re.MULTILINE)
_MARKS = re.compile(r"[-_.]+")


def installed_packages() -> list[tuple[str, str]]:
    """Return name and version of every package, in the order in which Python looks for them."""
    found = []
    for package in distributions():
        headers = _headers(package)
        name, version = _NAME.search(headers), _VERSION.search(headers)
        if name and version:
            found.append((name[1], version[1]))
    return found


def versions_by_name() -> dict[str, str]:
    """Return the version of each package by its name as `plain_name` gives it."""
    # Of two of one name, Python takes the first.
    return {plain_name(name): version for name, version in reversed(installed_packages())}


def plain_name(name: str) -> str:
    """Return a package's name as all its spellings have it."""
    return _MARKS.sub("-", name).lower()


def description_of(package: Distribution) -> Message:
    """Return the headers of a package's description."""
    return message_from_string(_headers(package))


def _headers(package: Distribution) -> str:
    text = package.read_text("METADATA") or package.read_text("PKG-INFO") or ""
    return text.partition("\n\n")[0]
