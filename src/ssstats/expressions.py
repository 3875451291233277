"""Sums of metrics as the catalogue writes them: numerators, denominators and identities.

The grammar, in which blanks around an operator mean nothing:

    expression = term {(+ | -) term}
    term       = REF | REF@prev | sum(REF..REF) | integer | integer*REF | integer*sum(REF..REF)
    condition  = expression (= | >=) integer

`REF@prev` is the value of the year before; `sum(AD/004a..AD/004k)` covers consecutive letters.
Nothing here knows which references exist: the catalogue checks that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import numpy as np
import pandas as pd

from ssstats.errors import CatalogueError

_REFERENCE = r"[A-Z]{2}/\d+[a-z]?(?:\.[a-z0-9]+)*"
_LETTERED = re.compile(r"([A-Z]{2}/\d+)([a-z])")
_TERM = re.compile(
    rf"(?:(?P<factor>\d+)\*)?(?:sum\((?P<first>{_REFERENCE})\.\.(?P<last>{_REFERENCE})\)"
    rf"|(?P<reference>{_REFERENCE})(?P<previous>@prev)?)|(?P<constant>\d+)"
)
_CONDITION = re.compile(r"(?P<left>.+?)(?P<operator>>=|=)(?P<value>\d+)")
_OPERATOR = re.compile(r"\s*(>=|[-+*=])\s*")
_SHORTEST_SUM = 3  # two letters read better as a + b


@dataclass(frozen=True)
class Term:
    """A whole number times one metric, of this year or of the year before."""

    coefficient: int
    reference: str
    previous: bool = False

    def __str__(self) -> str:
        factor = "" if abs(self.coefficient) == 1 else f"{abs(self.coefficient)}*"
        return f"{factor}{self.reference}{'@prev' if self.previous else ''}"


@dataclass(frozen=True)
class Expression:
    """A sum of terms and a constant, in the order in which they are written."""

    terms: tuple[Term, ...]
    constant: int = 0

    @property
    def references(self) -> tuple[str, ...]:
        """The distinct metrics of the expression, in their order."""
        return tuple(dict.fromkeys(term.reference for term in self.terms))

    @property
    def previous(self) -> bool:
        """The expression needs the values of the year before."""
        return any(term.previous for term in self.terms)

    def __str__(self) -> str:
        pieces = [("-" if sign < 0 else "+", text) for sign, text in _pieces(self.terms)]
        if self.constant or not pieces:
            pieces.append(("-" if self.constant < 0 else "+", str(abs(self.constant))))
        if pieces[0][0] == "-":  # the grammar has no leading minus
            pieces.insert(0, ("+", "0"))
        return pieces[0][1] + "".join(f" {sign} {text}" for sign, text in pieces[1:])


@dataclass(frozen=True)
class Condition:
    """An expression compared with a whole number: `CH/031 >= 1`."""

    expression: Expression
    operator: str
    value: int


@lru_cache(maxsize=4096)
def parse_expression(text: str) -> Expression:
    """Return the expression that the text writes.

    Raises
    ------
    CatalogueError
        If the text is not in the grammar, or a sum runs backwards or over two stems.
    """
    return _parsed(text, _squeezed(text))


def parse_condition(text: str) -> Condition:
    """Return the condition that the text writes, as found to the right of `= 0 when`.

    Raises
    ------
    CatalogueError
        If the text has another form than `expression = integer` or `expression >= integer`.
    """
    found = _CONDITION.fullmatch(_squeezed(text))
    if not found:
        raise CatalogueError(
            f"condition {text!r} cannot be read; write an expression, then = or >=, then a whole "
            "number, for example CH/031 >= 1"
        )
    return Condition(_parsed(text, found["left"]), found["operator"], int(found["value"]))


def expand(first: str, last: str) -> tuple[str, ...]:
    """Return the references of consecutive letters from `first` to `last`, both included.

    Raises
    ------
    CatalogueError
        If the two are not letters of one stem, in alphabetical order.
    """
    start, end = _LETTERED.fullmatch(first), _LETTERED.fullmatch(last)
    if not start or not end or start[1] != end[1] or start[2] >= end[2]:
        raise CatalogueError(
            f"sum({first}..{last}) does not run over letters of one stem; write it from the first "
            "letter to the last, for example sum(AD/004a..AD/004k)"
        )
    return tuple(f"{start[1]}{chr(letter)}" for letter in range(ord(start[2]), ord(end[2]) + 1))


def evaluate(
    expression: Expression, values: pd.DataFrame, previous: pd.DataFrame | None = None
) -> pd.Series:
    """Return the expression's value for every row of a frame whose columns are references.

    Parameters
    ----------
    expression : Expression
        What to add up.
    values : DataFrame, one column a reference
        Values of this year; a missing value makes the row's result missing.
    previous : DataFrame, optional
        Values of the year before, aligned to the rows of `values` by index.

    Returns
    -------
    Series of Float64
        Indexed as `values`. A reference without a column is missing in every row, and so is a
        term `@prev` where `previous` is not given.
    """
    total = np.full(len(values), float(expression.constant))
    before = previous.reindex(values.index) if previous is not None else None
    for term in expression.terms:
        frame = before if term.previous else values
        total = total + term.coefficient * _column(frame, term.reference, len(values))
    return pd.Series(total, index=values.index).astype("Float64")


def _column(frame: pd.DataFrame | None, reference: str, rows: int) -> np.ndarray:
    if frame is None or reference not in frame.columns:
        return np.full(rows, np.nan)
    return frame[reference].to_numpy(dtype=float, na_value=np.nan)


def _squeezed(text: str) -> str:
    """Return the text without blanks around operators; a blank inside a reference stays."""
    return _OPERATOR.sub(r"\1", text.strip())


def _parsed(text: str, squeezed: str) -> Expression:
    terms: list[Term] = []
    constant = 0
    for sign, found in _signed(text, squeezed):
        if found["constant"]:
            constant += sign * int(found["constant"])
            continue
        coefficient = sign * int(found["factor"] or 1)
        references: Iterable[str] = (
            (found["reference"],)
            if found["reference"]
            else expand(str(found["first"]), str(found["last"]))
        )
        terms += [Term(coefficient, name, bool(found["previous"])) for name in references]
    return Expression(tuple(terms), constant)


def _signed(text: str, squeezed: str) -> Iterator[tuple[int, re.Match[str]]]:
    at, sign = 0, 1
    while True:
        found = _TERM.match(squeezed, at)
        rest = squeezed[found.end() :] if found else squeezed[at:]
        if not found or (rest and rest[0] not in "+-"):
            raise CatalogueError(
                f"expression {text!r} cannot be read at {rest or 'its end'!r}; write terms such as "
                "AD/001, AD/001@prev, sum(AD/004a..AD/004k), 3*AD/001 or 7, joined by + or -"
            )
        yield sign, found
        if not rest:
            return
        sign = -1 if rest[0] == "-" else 1
        at = found.end() + 1


def _pieces(terms: tuple[Term, ...]) -> Iterator[tuple[int, str]]:
    """Yield sign and text of each term, consecutive letters drawn together into sums."""
    numbered = enumerate(terms)
    for (sign, _), run in groupby(numbered, key=_run):
        run_terms = [term for _, term in run]
        if len(run_terms) >= _SHORTEST_SUM:
            yield sign, f"sum({run_terms[0].reference}..{run_terms[-1].reference})"
        else:
            yield from ((sign, str(term)) for term in run_terms)


def _run(numbered: tuple[int, Term]) -> tuple[int, object]:
    """Return a key that stays the same along consecutive letters of one stem."""
    position, term = numbered
    found = _LETTERED.fullmatch(term.reference)
    sign = -1 if term.coefficient < 0 else 1
    if not found or term.previous or abs(term.coefficient) != 1:
        return sign, position
    return sign, (found[1], ord(found[2]) - position)
