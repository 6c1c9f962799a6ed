"""The score as Markdown: by kind of dirt, by format, and what it adds up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from benchmarks.dirtier.counts import (
    BOUNDED,
    FLAGGED,
    GOOD,
    LOST,
    NOTED,
    OUTCOMES,
    RECOVERED,
    REFUSED,
    WRONG,
    Score,
)
from benchmarks.dirtier.kinds import KINDS

LEAST = 0.995
"""Share of cells that must be recovered, bounded or flagged."""
_HEAD = (
    "| {} | cells | recovered % | bounded % | flagged % | noted | silently wrong "
    "| silently lost | refused |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|"
)


def passed(score: Score) -> bool:
    """Tell whether nothing was wrong, lost or made up without a word."""
    return (
        score.totals[WRONG] == 0
        and not score.rows_lost
        and not score.rows_invented
        and score.good_share(score.totals) >= LEAST
        and score.good_share(score.dirty) >= LEAST
    )


def report(score: Score) -> Iterator[str]:
    """Give the lines of the report."""
    yield _HEAD.format("kind of dirt")
    for kind in [*KINDS, "(clean)"]:
        counts = Counter({o: score.cells[kind, o] for o in OUTCOMES})
        if counts.total() and not (kind in KINDS and KINDS[kind].untellable):
            yield _line(kind, counts)
    yield _line("**all cells, each once**", score.totals)
    yield _line("**dirty cells, each once**", score.dirty)
    yield _line("nobody could tell (not in the above)", score.untellable)
    yield _line("in files refused rightly (not in the above)", score.apart)
    yield ""
    yield _HEAD.format("format")
    for layout in sorted({layout for layout, _ in score.layouts}):
        yield _line(layout, Counter({o: score.layouts[layout, o] for o in OUTCOMES}))
    yield from _rest(score)


def _line(name: str, counts: Counter[str]) -> str:
    total = max(counts.total(), 1)
    shares = " | ".join(
        f"{100 * counts[o] / total:.2f}" for o in (RECOVERED, BOUNDED, FLAGGED)
    )
    return (
        f"| {name} | {counts.total():,} | {shares} | {counts[NOTED]:,} | "
        f"{counts[WRONG]:,} | {counts[LOST]:,} | {counts[REFUSED]:,} |"
    )


def _rest(score: Score) -> Iterator[str]:
    good = score.good_share(score.totals)
    yield ""
    yield f"- files: {score.files}, rows: {score.rows:,}"
    yield f"- {' + '.join(GOOD)}: {good:.4%} of all cells, " + (
        f"{score.good_share(score.dirty):.4%} of the dirty ones (at least {LEAST:.1%})"
    )
    yield f"- rows lost silently: {_named(score.rows_lost)}"
    yield f"- rows invented: {_named(score.rows_invented)}"
    yield f"- false alarms: {score.alarms:,} of {score.clean:,} clean cells " + (
        f"({score.alarms / max(score.clean, 1):.3%}): {_named(score.alarm_codes)}"
    )
    yield f"- files whose class the reader asked for: {score.asked}"
    wrongly = [item for item in score.refused if not item[3]]
    rightly = len(score.refused) - len(wrongly)
    yield f"- files refused rightly: {rightly}, refused without need: {len(wrongly)}"
    for (problem, kinds), count in _causes(wrongly):
        yield f"  - {count} × {problem}: {kinds}"


def _named(counts: Counter[str]) -> str:
    named = ", ".join(f"{name} {n:,}" for name, n in counts.most_common())
    return f"{counts.total():,}" + (f" ({named})" if named else "")


def _causes(
    refused: list[tuple[str, str, tuple[str, ...], bool]],
) -> list[tuple[tuple[str, str], int]]:
    counts: Counter[tuple[str, str]] = Counter()
    examples: dict[str, set[str]] = {}
    for _, problem, kinds, _ in refused:
        counts[problem, ""] += 1
        examples.setdefault(problem, set()).update(kinds)
    return [
        ((problem, "in files with " + ", ".join(sorted(examples[problem])[:12])), n)
        for (problem, _), n in counts.most_common()
    ]
