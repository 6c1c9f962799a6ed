"""Explain: why a project is in or out, from findings and clauses; no solving."""

from renewopt.explain.reasons import reasons

__all__ = ["reasons"]
