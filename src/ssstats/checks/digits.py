"""Digits as they are mistyped: two neighbours exchanged, a nought too many or too few."""

from __future__ import annotations

from collections.abc import Iterator


def swapped_digits(number: float) -> Iterator[float]:
    """Yield the numbers that arise when two unequal neighbouring digits change places."""
    digits = str(int(number))
    for i in range(len(digits) - 1):
        if digits[i] != digits[i + 1] and not (i == 0 and digits[1] == "0"):
            yield float(digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :])


def respelt(number: float, wanted: float) -> str:
    """Return in words which slip of the fingers turned `wanted` into `number`, blank if none."""
    if number < 10 or wanted < 1 or number % 1 or wanted % 1:
        return ""
    if wanted in swapped_digits(number):
        return "two digits exchanged"
    if number == 10 * wanted:
        return "a nought too many"
    return "a nought too few" if wanted == 10 * number else ""
