"""How long the gate and the attack take, in seconds of one core, on the demonstration returns.

python benchmarks/gate.py                      one year under round-5
python benchmarks/gate.py --years all --policy suppress
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from ssstats.catalogue import read_catalogue
from ssstats.disclosure.gate import protect_quantities
from ssstats.disclosure.hiding_plan import hide_what_follows
from ssstats.disclosure.policy import read_policy
from ssstats.disclosure.published import broken_identities, published_view
from ssstats.disclosure.release_attack import attack_release_view
from ssstats.disclosure.release_attack_targets import requirement_of, targets_of
from ssstats.disclosure.release_tables import SECONDARY
from ssstats.measures import measure_quantities
from ssstats.project import find_project
from ssstats.returns import read_returns


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--policy", default="round-5")
    options.add_argument("--years", choices=("one", "all"), default="one")
    wanted = options.parse_args()
    project = find_project(Path.cwd())
    catalogue = read_catalogue(project.catalogue)
    policy = read_policy(wanted.policy, project.policies)
    quantities = measure_quantities(read_returns(project.demonstration, catalogue), catalogue)
    if wanted.years == "one":
        last = quantities["period"] == quantities["period"].max()
        quantities = quantities[last].reset_index(drop=True)
    started = time.process_time()
    broken = broken_identities(quantities, catalogue)
    small = protect_quantities(quantities, policy)
    counts = hide_what_follows(quantities, small, broken, policy, catalogue)
    passed = time.process_time()
    view, targets = published_view(counts, catalogue, broken=broken), targets_of(counts)
    attacked = attack_release_view(view, targets, requirement_of(policy.facts()))
    ended = time.process_time()
    print(f"{len(counts):,} figures, {view.relations.shape[0]:,} relations, policy {policy.name}")
    print(f"{len(targets.cells):,} hidden, {(counts['rule'] == SECONDARY).sum():,} for others")
    print(f"gate   {passed - started:6.1f} s")
    print(f"attack {ended - passed:6.1f} s, {attacked.is_open.sum()} open")


if __name__ == "__main__":
    main()
