"""A reviewer's work: run a release's notebooks again and say what differs, or would differ."""

from ssstats.review.comparing import Difference, compare_notebooks
from ssstats.review.proposing import Proposal, propose_returns
from ssstats.review.report import (
    lines_of_proposal,
    lines_of_reviews,
    page_of_proposal,
    page_of_reviews,
)
from ssstats.review.rerunning import Review, review_release

__all__ = [
    "Difference",
    "Proposal",
    "Review",
    "compare_notebooks",
    "lines_of_proposal",
    "lines_of_reviews",
    "page_of_proposal",
    "page_of_reviews",
    "propose_returns",
    "review_release",
]
