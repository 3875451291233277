"""The returns of a release: as they came, as they stand after decisions, and as quantities.

On the unprotected side of the airlock. What crosses it and the last look at what crossed both
stand on the same quantities, which take long to work out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ssstats.catalogue import Catalogue
from ssstats.measures import measure_quantities
from ssstats.periods import ReportingYear
from ssstats.returns import Returns, apply_decisions


@dataclass(frozen=True)
class StandingReturns:
    """Returns of a period and of the years before it; each form is worked out once."""

    given: Returns
    period: ReportingYear
    catalogue: Catalogue

    @cached_property
    def as_returned(self) -> Returns:
        """The returns up to the period, before any decision on an exception."""
        return self.given.up_to(self.period)

    @cached_property
    def decided(self) -> Returns:
        """The returns as they stand after decisions on exceptions.

        Raises
        ------
        ReturnsError
            If a decision cannot be carried out.
        """
        return apply_decisions(self.as_returned)

    @cached_property
    def quantities(self) -> pd.DataFrame:
        """The quantities of `decided`, as `measure_quantities` gives them."""
        return measure_quantities(self.decided, self.catalogue)
