"""The numbers to look for, and how they are recognised in text."""

from __future__ import annotations

import re
from pathlib import Path

from ssstats.errors import UsageError

# A comma, or one of the narrow spaces that stand between thousands.
BETWEEN = ",\u00a0\u2009\u202f'"
# Numbers of four digits and more: a smaller one stands in every page by chance.
# The first digit before what must not precede it: most of a text is passed over twice as fast.
_NUMBER = re.compile(
    rf"\d(?<![\w.]\d)(?:\d{{3,}}|\d{{0,2}}(?:[{BETWEEN}]\d{{3}})+)(?:\.\d+)?(?!\w)"
)
_THOUSANDS = re.compile(f"[{BETWEEN}]")
LEAST = 1000
_LONGEST = 40


def read_canaries(path: Path) -> frozenset[str]:
    """Return the numbers that a text file holds, one a line, in the form of `plain_number`.

    Raises
    ------
    UsageError
        If the file cannot be read, is empty, or a line is no number of at least 1000.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{path}: cannot be read; give a text file, one number a line") from None
    numbers = set()
    for number, line in enumerate(lines, 1):
        if not re.fullmatch(r"\d{1,40}(\.\d{1,40})?", line.strip(), re.ASCII):
            raise UsageError(f"{path.name}, line {number}: not a number; one a line, digits only")
        if float(line) < LEAST:
            raise UsageError(
                f"{path.name}, line {number}: under {LEAST}; so small a number stands in "
                "every release by chance"
            )
        numbers.add(plain_number(line.strip()))
    if not numbers:
        raise UsageError(f"{path.name}: holds no number to look for")
    return frozenset(numbers)


def plain_number(written: str) -> str:
    """Return a number without separators, leading zeros and trailing decimals that say nothing.

    >>> plain_number("0,012,340.50")
    '12340.5'
    """
    whole, _, fraction = _THOUSANDS.sub("", written).partition(".")
    fraction = fraction.rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{fraction}" if fraction else whole


def numbers_in(text: str) -> set[str]:
    """Return every number of at least four digits, in the form of `plain_number`."""
    # As written first: a file repeats its numbers, and a release has millions of them.
    written = set(_NUMBER.findall(text))
    return {plain_number(number) for number in written if len(number) <= _LONGEST}
