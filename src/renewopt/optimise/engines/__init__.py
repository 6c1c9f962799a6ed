"""Engines: one file per solver; imported only inside the worker process."""

from __future__ import annotations

from importlib import import_module

from renewopt.optimise.engines.base import Engine

ENGINES = ("highs", "scip", "cbc")
"""Names of the engines: HiGHS itself, SCIP in OR-Tools, CBC through PuLP."""


def load_engine(name: str) -> Engine:
    """Import one engine; its solver library is loaded only now."""
    module = import_module(f"renewopt.optimise.engines.{name}")
    engine: Engine = module.ENGINE
    return engine
