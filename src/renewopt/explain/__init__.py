"""Explain: why a project is in or out, from findings and clauses; no solving."""

from renewopt.explain.lacking import Lack, lacking
from renewopt.explain.reasons import reasons

__all__ = ["Lack", "lacking", "reasons"]
