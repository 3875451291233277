"""Expressions of the catalogue, each read once: rules ask for the same few hundred again."""

from __future__ import annotations

from functools import lru_cache

from ssstats.expressions import Condition, Expression, parse_condition, parse_expression

_MOST = 4096


@lru_cache(maxsize=_MOST)
def parsed(text: str) -> Expression:
    """Return the expression that the text writes."""
    return parse_expression(text)


@lru_cache(maxsize=_MOST)
def parsed_condition(text: str) -> Condition:
    """Return the condition that the text writes."""
    return parse_condition(text)
