"""How long the gate and the attack take, in seconds of one core, on the demonstration returns.

python benchmarks/gate.py                      one year under round-5
python benchmarks/gate.py --years all --policy suppress
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from ssstats.catalogue import read_catalogue
from ssstats.disclosure.gate import protect_quantities
from ssstats.disclosure.hiding_plan import hide_what_follows
from ssstats.disclosure.policy import Policy, read_policy
from ssstats.disclosure.published import broken_identities
from ssstats.disclosure.release_attack_report import attack_release, describe_report
from ssstats.disclosure.release_tables import SECONDARY, write_csv
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
    with TemporaryDirectory() as folder:
        write_files(counts, broken, policy, Path(folder))
        started_attack = time.process_time()
        report = attack_release(Path(folder), catalogue)
        ended = time.process_time()
    others = counts["rule"] == SECONDARY
    in_wales = others & (counts["area"] == "W92000004") & (counts["breakdown"] == "")
    print(f"{len(counts):,} figures, {others.sum():,} hidden for others")
    print(f"{in_wales.sum():,} of them totals of Wales")
    print("\n".join(describe_report(report)))
    print(f"gate   {passed - started:6.1f} s")
    print(f"attack {ended - started_attack:6.1f} s")


def write_files(counts: pd.DataFrame, broken: pd.DataFrame, policy: Policy, folder: Path) -> None:
    """Write what the attack reads of a release."""
    write_csv(counts, folder / "counts.csv")
    write_csv(broken, folder / "broken.csv")
    facts = {"policy": policy.facts(), "period": str(counts["period"].max())}
    (folder / "release.json").write_text(json.dumps(facts), encoding="utf-8")


if __name__ == "__main__":
    main()
