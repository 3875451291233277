"""From a safe pattern to a cheap one with a proven bound, component by component.

Linear cuts first, then patterns led by the master's answer, then integer masters from the best
pattern so far. It stops on the gap or on counts of nodes and rounds, never on the clock.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ssstats.disclosure.suppression_cleanup import show_redundant
from ssstats.disclosure.suppression_greedy import ProvedPattern, complete, protect_greedily
from ssstats.disclosure.suppression_master import Master, Separator
from ssstats.disclosure.suppression_moves import HIDDEN_COST, MoveFinder
from ssstats.disclosure.suppression_problem import TINY, ComponentProblem, Move
from ssstats.disclosure.suppression_together import meet_together
from ssstats.errors import UsageError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Effort:
    """How much work goes into a cheap pattern; every pattern is safe, whatever the effort.

    Components of up to `exact_cells` are solved to the least cost, those of up to `most_cells` to
    the relative `gap` above the bound (a tenth of it in the first `easy_rounds`, which is enough
    for easy components), unless `rounds` integer masters are spent before. Once these took
    `most_work` steps of the simplex method, times the unknowns of the master, `gap` is enough for
    components of any size; at three times that work the search ends.
    Components of up to `led_cells` get moves led by one linear master, which also gives a bound;
    larger ones get the cheapest moves and no bound. Both are cleaned up with at most `clean_ups`
    programmes.
    """

    gap: float = 0.02
    exact_cells: int = 1_000
    most_work: float = 1e8
    rounds: int = 60
    easy_rounds: int = 7
    most_cells: int = 4_000
    led_cells: int = 200_000
    clean_ups: int = 30_000

    def gap_for(self, n_cells: int) -> float:
        """Return the gap at which the search in a component of this size ends at last."""
        return 0.0 if n_cells <= self.exact_cells else self.gap


EFFORTS = {
    "quick": Effort(most_cells=0, led_cells=0, clean_ups=0),
    "usual": Effort(),
    "thorough": Effort(gap=0.005, exact_cells=1_500, most_work=1e9, rounds=200, most_cells=8_000),
}


def effort_named(name: str) -> Effort:
    """Return the effort of this name.

    Raises
    ------
    UsageError
        If the name is not known.
    """
    if name not in EFFORTS:
        raise UsageError(f"effort {name!r} is not known; use one of {', '.join(EFFORTS)}")
    return EFFORTS[name]


# Room given to shown cells while cuts are sought: much at first for strong cuts, then none.
_SHADES = (0.1, 0.01, 0.0)
_MOST_LINEAR_ROUNDS = 60
# How near to its bound a master is solved until its answer is a safe pattern: cuts come first.
_COARSE = 0.01
_FEW_NODES = 200
# In larger components a master's answer that leaves more than this share of the needs open does not
# lead to a pattern.
_NEARLY_SAFE = 0.25
# Clean-up rarely saves more than this share of a pattern's cost.
_SAVING = 1.005
# In small components it is quick, and may save more of a pattern that a rough master led to.
_SMALL_SAVING = 1.2


def cheapest_pattern(problem: ComponentProblem, effort: Effort) -> tuple[ProvedPattern, float]:
    """Return a safe pattern without redundant secondaries and a lower bound on the best cost.

    Raises
    ------
    UnprotectableError
        If a need cannot be met.
    """
    has_choice = not problem.is_kept.all()
    if has_choice and effort.most_cells < len(problem) <= effort.led_cells:
        return _led_pattern(problem, effort)
    best = protect_greedily(problem)
    if best.cost == 0.0 or len(problem) > effort.most_cells:
        return show_redundant(best, most_solved=effort.clean_ups), 0.0
    search = _Search(problem, best, effort)
    search.cut_linearly()
    search.cut_integrally()
    best = search.best if search.is_clean else show_redundant(search.best)
    return best, min(search.bound, best.cost)


def _led_pattern(problem: ComponentProblem, effort: Effort) -> tuple[ProvedPattern, float]:
    answer, hidden = Master(problem).solve()
    pattern = show_redundant(_led_by(problem, hidden, {}), most_solved=effort.clean_ups)
    return pattern, min(_whole_bound(problem, answer.objective), pattern.cost)


def _led_by(problem: ComponentProblem, hidden: Floats, moves: dict[int, Move]) -> ProvedPattern:
    """Return a safe pattern whose moves prefer the cells that a master hides.

    `moves` are proofs through cells that the master hides entirely.
    """
    pattern = ProvedPattern(problem)
    for move in moves.values():
        pattern.credit(move)
    costs = problem.costs * (1.0 - hidden) + HIDDEN_COST
    costs[pattern.is_hidden] = HIDDEN_COST
    complete(pattern, MoveFinder(problem, pattern.is_hidden, costs))
    return pattern


def _whole_bound(problem: ComponentProblem, bound: float) -> float:
    """Return a bound on the cost of a pattern: it is whole where all costs are."""
    return float(np.ceil(bound - 1e-5)) if np.all(problem.costs % 1 == 0) else bound


class _Search:
    """The best pattern, the bound, and the cuts found so far."""

    def __init__(self, problem: ComponentProblem, best: ProvedPattern, effort: Effort) -> None:
        self.problem, self.best, self.effort = problem, best, effort
        self.last_gap = effort.gap_for(len(problem))
        self.gap = self.last_gap / 10
        self.is_small = len(problem) <= effort.exact_cells
        self.bound, self.is_clean = 0.0, False
        self.master, self.separator = Master(problem), Separator(problem)

    def is_finished(self) -> bool:
        """Whether the best pattern is within the gap of the bound."""
        return self.best.cost <= self.bound * (1 + self.gap) + 1e-6

    def raise_bound(self, bound: float) -> None:
        """Take a proven bound where it is higher."""
        self.bound = max(self.bound, _whole_bound(self.problem, bound))

    def offer(self, pattern: ProvedPattern) -> None:
        """Keep the cheaper of two patterns, cleaned up where that may end the search."""
        may_end = self.is_small or pattern.cost / _SAVING <= self.bound * (1 + self.gap)
        is_cleaned = may_end and pattern.cost < self.best.cost * (
            _SMALL_SAVING if self.is_small else _SAVING
        )
        if is_cleaned:
            pattern = show_redundant(pattern)
        if pattern.cost < self.best.cost - 1e-9:
            self.best, self.is_clean = pattern, is_cleaned

    # -- linear cuts -------------------------------------------------------------------------------

    def cut_linearly(self) -> None:
        """Add cuts until the linear master meets every need, then build patterns around it."""
        asked = np.arange(len(self.problem.needs))
        for _ in range(_MOST_LINEAR_ROUNDS):
            answer, hidden = self.master.solve()
            self.raise_bound(answer.objective)
            violated, _moves = self._separate(asked, hidden, _SHADES[0])
            if len(violated) <= len(self.problem.needs) // 50:
                break
            asked = violated
        self.offer(_led_by(self.problem, hidden, {}))

    def _separate(self, needs: Ints, hidden: Floats, shade: float) -> tuple[Ints, dict[int, Move]]:
        """Add a cut for each need that the master's answer fails; return those, and moves found."""
        violated, moves = [], {}
        amounts = self.problem.needs.amount[needs]
        for amount in np.unique(amounts):
            self.separator.aim(hidden, float(amount), shade)
            for need in needs[amounts == amount]:
                move, cut = self.separator.ask(int(need), hidden)
                if cut is not None:
                    self.master.add_cut(cut, float(amount))
                    violated.append(int(need))
                elif move is not None:
                    moves[int(need)] = move
        return np.array(violated, dtype=np.int64), moves

    # -- integer masters ---------------------------------------------------------------------------

    def cut_integrally(self) -> None:
        """Solve integer masters until one of them is a safe pattern, or the effort is spent."""
        every = np.arange(len(self.problem.needs))
        finest = self.last_gap / 4
        gap, nodes, work = _COARSE if self.is_small else finest, _FEW_NODES, 0.0
        for number in range(self.effort.rounds):
            if number >= self.effort.easy_rounds:
                self.gap = self.last_gap
            if work > self.effort.most_work:
                self.gap = max(self.last_gap, self.effort.gap)
            if self.is_finished() or work > 3 * self.effort.most_work:
                return
            answer, hidden = self.master.solve_whole(self.best.is_hidden, nodes=nodes, gap=gap)
            work += answer.iterations * self.master.programme.n_columns
            self.raise_bound(answer.dual_bound)
            if self.is_finished():
                return
            moves = meet_together(self.problem, hidden > 1 - TINY)
            asked = np.array([need for need in every if need not in moves], dtype=np.int64)
            violated, _ = self._separate(asked, hidden, _SHADES[1])
            if not len(violated):
                violated, found = self._separate(asked, hidden, 0.0)
                moves |= found
            if not len(violated) and len(moves) == len(every):
                self.offer(self._proved(hidden, moves))
                if answer.is_optimal and gap <= finest:
                    return
                gap, nodes = finest, 4 * nodes
            elif self.is_small or len(violated) <= len(every) * _NEARLY_SAFE:
                self.offer(_led_by(self.problem, hidden, moves))

    def _proved(self, hidden: Floats, moves: dict[int, Move]) -> ProvedPattern:
        pattern = ProvedPattern(self.problem, hidden > 1 - TINY)
        pattern.moves = [moves[need] for need in range(len(self.problem.needs))]
        return pattern
