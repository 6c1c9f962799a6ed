"""How many of the mirror's schedules are good: `python -m tests.rules.mix [EXAMPLES]`.

The verdicts are those of the checks; that the rows agree is what the mirror tests.
"""

from __future__ import annotations

import sys

from renewopt.rules import RULES
from tests.strategies import example


def share_good(kind: str, examples: int) -> tuple[int, int]:
    """Count good schedules and all, over the examples of the first seeds."""
    good = total = 0
    for seed in range(examples):
        case = example(kind, seed)
        rule = case.problem.policy.first(kind)
        allowed = case.problem.policy.first("fund_eligibility")
        for schedule in case.schedules:
            total += 1
            # What may not be has no column; the mirror counts it as bad.
            breaches = rule.check(case.problem, schedule)
            good += not (breaches or allowed.check(case.problem, schedule))
    return good, total


def main(examples: int) -> None:
    """Print a row per kind."""
    for kind in RULES:
        good, total = share_good(kind, examples)
        share = good / total
        print(f"| `{kind}` | {total:,} | {share:.0%} | {1 - share:.0%} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
