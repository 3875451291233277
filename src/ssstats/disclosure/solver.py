"""Linear and integer programmes, solved by HiGHS on one thread with a fixed seed.

Knows rows, columns and bounds only. Work is limited by nodes, never by the clock, so that the same
input gives the same answer on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ssstats.errors import DisclosureError

INFINITY = float(highspy.kHighsInf)
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_SOLVED = {
    highspy.HighsModelStatus.kOptimal: "optimal",
    highspy.HighsModelStatus.kInfeasible: "infeasible",
    highspy.HighsModelStatus.kUnbounded: "unbounded",
    highspy.HighsModelStatus.kUnboundedOrInfeasible: "unbounded",
    highspy.HighsModelStatus.kSolutionLimit: "limit",
    highspy.HighsModelStatus.kIterationLimit: "limit",
}


@dataclass(frozen=True)
class Solution:
    """One answer of the solver: status is optimal, infeasible, unbounded or limit.

    `iterations` counts the steps of the simplex method that it took: work, whatever the machine.
    """

    status: str
    objective: float
    columns: Floats
    reduced_costs: Floats
    dual_bound: float
    iterations: int

    @property
    def is_optimal(self) -> bool:
        """Whether the solver proved the answer."""
        return self.status == "optimal"


class Programme:
    """Minimise cost @ x subject to row_lower <= matrix @ x <= row_upper, lower <= x <= upper.

    Solving again after a change of costs or bounds starts from the last basis. With
    `has_prices` answers hold reduced costs, and the method suits changing costs. Small programmes
    that are solved once are faster without `has_presolve`.
    """

    def __init__(
        self,
        matrix: sp.spmatrix | sp.sparray,
        *,
        cost: Floats,
        lower: Floats,
        upper: Floats,
        row_lower: Floats,
        row_upper: Floats,
        integral: NDArray[np.bool_] | None = None,
        node_limit: int | None = None,
        relative_gap: float = 0.0,
        has_prices: bool = False,
        has_presolve: bool = True,
    ) -> None:
        columns = sp.csc_matrix(matrix, dtype=float)
        self.n_columns = columns.shape[1]
        self._is_integral = integral is not None
        self._has_prices = has_prices
        self._every = np.arange(self.n_columns, dtype=np.int32)
        self._highs = highspy.Highs()
        self._highs.silent()
        self._set("threads", 1)
        self._set("mip_rel_gap", relative_gap)
        self._set("mip_abs_gap", 1e-6)
        if has_prices:
            # The last answer stays feasible when costs change: the primal method goes on from it.
            self._set("simplex_strategy", 4)
        if node_limit is not None:
            self._set("mip_max_nodes", node_limit)
        if not has_presolve:
            self._set("presolve", "off")
        kinds = np.zeros(self.n_columns) if integral is None else integral
        # Arrays are taken as they stand; the fields of a model object are set number by number.
        self._highs.passModel(
            self.n_columns,
            columns.shape[0],
            columns.nnz,
            int(highspy.MatrixFormat.kColwise),
            int(highspy.ObjSense.kMinimize),
            0.0,
            np.asarray(cost, dtype=float),
            np.asarray(lower, dtype=float),
            np.asarray(upper, dtype=float),
            np.asarray(row_lower, dtype=float),
            np.asarray(row_upper, dtype=float),
            columns.indptr.astype(np.int32),
            columns.indices.astype(np.int32),
            columns.data,
            np.asarray(kinds, dtype=np.int32),
        )

    def _set(self, option: str, value: float | int | str) -> None:
        self._highs.setOptionValue(option, value)

    def set_costs(self, cost: Floats) -> None:
        """Replace every cost."""
        self._highs.changeColsCost(self.n_columns, self._every, np.asarray(cost, dtype=float))

    def set_cost(self, column: int, cost: float) -> None:
        """Replace one cost."""
        self._highs.changeColCost(int(column), float(cost))

    def set_bounds(self, lower: Floats, upper: Floats) -> None:
        """Replace every bound."""
        self._highs.changeColsBounds(
            self.n_columns, self._every, np.asarray(lower, float), np.asarray(upper, float)
        )

    def set_bound(self, column: int, lower: float, upper: float) -> None:
        """Replace the bounds of one column."""
        self._highs.changeColBounds(int(column), float(lower), float(upper))

    def add_row(self, columns: Ints, coefficients: Floats, lower: float, upper: float) -> None:
        """Add one row."""
        self._highs.addRow(
            float(lower),
            float(upper),
            len(columns),
            np.asarray(columns, dtype=np.int32),
            np.asarray(coefficients, dtype=float),
        )

    def start_from(self, columns: Floats) -> None:
        """Give a feasible answer to start an integer programme from."""
        start = highspy.HighsSolution()
        start.col_value = [float(value) for value in columns]
        self._highs.setSolution(start)

    def limit(self, *, nodes: int, relative_gap: float) -> None:
        """Stop an integer programme after this many nodes, or within this gap of its bound."""
        self._set("mip_max_nodes", nodes)
        self._set("mip_rel_gap", relative_gap)

    def require_integers(self, is_integral: bool) -> None:
        """Make every column an integer, or none."""
        kind = highspy.HighsVarType.kInteger if is_integral else highspy.HighsVarType.kContinuous
        self._highs.changeColsIntegrality(
            self.n_columns, self._every, np.array([kind] * self.n_columns)
        )
        self._is_integral = is_integral

    def solve(self, *, maximise: bool = False) -> Solution:
        """Solve and return the answer.

        Raises
        ------
        DisclosureError
            If the solver ends with neither an answer nor a proof that there is none.
        """
        sense = highspy.ObjSense.kMaximize if maximise else highspy.ObjSense.kMinimize
        self._highs.changeObjectiveSense(sense)
        self._highs.run()
        found = self._highs.getModelStatus()
        if found not in _SOLVED:
            self._highs.clearSolver()
            self._highs.run()
            found = self._highs.getModelStatus()
        if found not in _SOLVED:
            raise DisclosureError(
                f"the solver stopped with '{self._highs.modelStatusToString(found)}' on "
                f"{self.n_columns} unknowns; the pattern is not proved, nothing may be published"
            )
        return self._answer(_SOLVED[found])

    def _answer(self, status: str) -> Solution:
        answer, summary = self._highs.getSolution(), self._highs.getInfo()
        has_point = status in ("optimal", "limit") and answer.value_valid
        return Solution(
            status=status if has_point or status != "optimal" else "infeasible",
            objective=summary.objective_function_value if has_point else np.nan,
            columns=np.array(answer.col_value) if has_point else np.empty(0),
            reduced_costs=np.array(answer.col_dual) if self._has_prices else np.empty(0),
            dual_bound=summary.mip_dual_bound if self._is_integral else np.nan,
            iterations=max(0, summary.simplex_iteration_count),
        )
