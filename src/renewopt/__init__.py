"""renewopt: from asset inventories to a funded, provable, explained renewal programme.

Everything that the command line does is one call away:

    inventory = renewopt.read_inventory("inventories/demo-county", catalogue)
    plan = renewopt.plan("inventories/demo-county/scenario.toml", out="runs/demo")
    renewopt.audit("runs/demo").ok
    renewopt.report(renewopt.load_run("runs/demo"), "plan.xlsx", "zh")

Names are loaded when they are first used, so that `import renewopt` stays light.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

_PUBLIC = {
    "load_catalogue": "renewopt.catalogue:load",
    "read_inventory": "renewopt.inventory:read_inventory",
    "read_project_list": "renewopt.inventory:read_project_list",
    "verdict": "renewopt.inventory:verdict",
    "check_folder": "renewopt.report:check_folder",
    "score": "renewopt.risk:score",
    "score_points": "renewopt.risk:score_points",
    "inspect_first": "renewopt.risk:inspect_first",
    "train": "renewopt.risk:train",
    "backtest": "renewopt.risk:backtest",
    "make_case": "renewopt.projects:make_case",
    "plan": "renewopt.road:plan_scenario",
    "solve": "renewopt.road:solve_case",
    "load_run": "renewopt.runs:load_run",
    "Breach": "renewopt.core.schedule:Breach",
    "Catalogue": "renewopt.catalogue:Catalogue",
    "Finding": "renewopt.core.schedule:Finding",
    "InputError": "renewopt.core.errors:InputError",
    "Inventory": "renewopt.inventory:Inventory",
    "Plan": "renewopt.runs:Plan",
    "PlanningCase": "renewopt.core.case:PlanningCase",
    "Policy": "renewopt.rules.policy:Policy",
    "Problem": "renewopt.rules.problem:Problem",
    "Proof": "renewopt.core.proof:Proof",
    "RenewoptError": "renewopt.core.errors:RenewoptError",
    "RiskTable": "renewopt.risk:RiskTable",
    "Run": "renewopt.runs:Run",
    "Schedule": "renewopt.core.schedule:Schedule",
}
_ROOMS = {"audit": "renewopt.road:audit_folder", "report": "renewopt.report:workbook"}
"""Rooms that can be called: `renewopt.audit(folder)` is `road.audit_folder`."""

__all__ = sorted([*_PUBLIC, *_ROOMS])


class _Room(ModuleType):
    """A room that does its one job when it is called."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the room's main function."""
        module, _, name = _ROOMS[self.__name__.rpartition(".")[2]].partition(":")
        return getattr(importlib.import_module(module), name)(*args, **kwargs)


class _Package(ModuleType):
    """The package itself: makes rooms callable, whoever imports them first."""

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute, as the import system does for a loaded room."""
        if name in _ROOMS and isinstance(value, ModuleType):
            value.__class__ = _Room
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name in _ROOMS:
        return importlib.import_module(f"{__name__}.{name}")
    if name == "__version__":
        return _version()
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, attribute = _PUBLIC[name].partition(":")
    value = getattr(importlib.import_module(module), attribute)
    globals()[name] = value
    return value


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(__name__)
    except PackageNotFoundError:  # run from a folder without an installation
        return "0.0.0"


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *__all__})
