"""The certificate of a bound: what it says, and whether it adds up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from renewopt.audit.report import Flaw, flaw
from renewopt.audit.summary import number
from renewopt.rules.problem import Problem

CERTIFICATE = "audit.certificate"
UNITS_PER_WAN = 100
SLACK = 1e-9
"""Sums of millions of floating-point numbers may differ by machine by this share."""

Recompute = Callable[[Problem, Mapping[str, Any]], int | None]
"""Takes the problem and `certificate.json`; gives the bound in units that its
multipliers prove, None if they prove none; ValueError if they cannot be read."""


def certificate_flaws(
    problem: Problem,
    certificate: Mapping[str, Any],
    summary: Mapping[str, Any],
    recompute: Recompute | None,
) -> Iterator[Flaw]:
    """Check that the certificate proves what is said of it, and nothing more is said.

    The certified bound speaks of plans with the shortfall that it holds; the plan's own
    must not be greater, or the bound would not speak of it.
    """
    bound, stated = (number(source.get("bound")) for source in (certificate, summary))
    if bound != stated:
        yield _differs("bound", stated, bound)
    method = str(certificate.get("method"))
    if method == "lagrangian":
        yield from _statements(certificate, summary)
        yield from _held(certificate, summary)
        if recompute is not None:
            yield from _added_up(problem, certificate, recompute)
    elif method != "solver_tree" or _claimed(summary, certificate):
        yield _no_proof(method)


def _statements(
    certificate: Mapping[str, Any], summary: Mapping[str, Any]
) -> Iterator[Flaw]:
    """Hold the summary's certified bound and gap to the certificate."""
    own = number(certificate.get("certified_bound_units"))
    told = number(summary.get("certified_bound"))
    if own is None or told is None or round(told * UNITS_PER_WAN) != own:
        yield _differs("certified_bound", own and own / UNITS_PER_WAN, told)
        return
    objective = number(summary.get("objective")) or Fraction(0)
    if told < objective:
        yield _differs("certified_bound", objective, told)
    bound = number(summary.get("bound")) or Fraction(0)
    if (summary.get("bound_certified") is True) != (told <= bound):
        yield _no_proof("bound_certified")
    gap = number(summary.get("certified_gap"))
    right = (told - objective) / abs(objective) if objective else None
    if (gap is None) != (right is None) or abs(
        float(gap or 0) - float(right or 0)
    ) > 1e-6:
        yield _differs("certified_gap", right, gap)


def _added_up(
    problem: Problem, certificate: Mapping[str, Any], recompute: Recompute
) -> Iterator[Flaw]:
    """Add the certificate up again."""
    own = number(certificate.get("certified_bound_units")) or Fraction(0)
    try:
        proven = recompute(problem, certificate)
    except (KeyError, TypeError, ValueError):
        yield _no_proof("multipliers")
        return
    if proven is None:
        yield _no_proof("multipliers")
    elif abs(proven - own) > max(1, SLACK * abs(float(own))):
        right = Fraction(proven, UNITS_PER_WAN)
        yield _differs("certified_bound_units", right, own / UNITS_PER_WAN)


def _held(certificate: Mapping[str, Any], summary: Mapping[str, Any]) -> Iterator[Flaw]:
    """Find stages whose plan falls shorter than what the bound speaks of."""
    reached = {
        f"{stage.get('hardness')} {stage.get('measure')}": number(stage.get("value"))
        for stage in summary.get("stages", [])
    }
    for name, held, _ in certificate.get("held", []):
        value, limit = reached.get(str(name)), number(held)
        if value is None or limit is None or value > limit:
            yield _differs(f"held {name}", value, limit)


def _claimed(summary: Mapping[str, Any], certificate: Mapping[str, Any]) -> bool:
    return (
        summary.get("bound_certified") is True
        or summary.get("certified_bound") is not None
        or certificate.get("recomputable") is True
    )


def _differs(place: str, right: Fraction | None, found: Fraction | None) -> Flaw:
    return flaw(
        "audit.differs", CERTIFICATE, place, float(right or 0), float(found or 0)
    )


def _no_proof(method: str) -> Flaw:
    return flaw(
        "audit.not_recomputable", CERTIFICATE, method, 0, 1, "claims", method=method
    )
