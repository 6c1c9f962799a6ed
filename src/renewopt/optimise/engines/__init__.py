"""Engines: one file per solver; imported only inside the worker process."""

from __future__ import annotations

from importlib import import_module

from renewopt.optimise.engines.base import Engine

ENGINES = ("highs", "scip", "cp-sat", "cbc")
"""Engines that come with the program: HiGHS, two of OR-Tools, CBC through PuLP."""

OWNED = ("gurobi", "cplex", "copt")
"""Programs that a bureau may own, called through PuLP; they do not come along."""


def load_engine(name: str) -> Engine:
    """Import one engine; its solver library is loaded only now."""
    module = import_module(f"renewopt.optimise.engines.{name.replace('-', '_')}")
    engine: Engine = module.ENGINE
    return engine


def installed(name: str) -> bool:
    """Tell whether an engine can be called here."""
    from renewopt.optimise.engines.owned import found

    return name in ENGINES or found(name)
