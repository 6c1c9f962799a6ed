"""Packages of an extra: loaded when a file needs them, named where they are missing."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from renewopt.core.errors import InputError


def need(package: str, extra: str, file: str) -> ModuleType:
    """Load a package of an extra.

    Parameters
    ----------
    extra
        Name of the extra in `pip install "renewopt[…]"`.
    file
        What could not be read without it.

    Raises
    ------
    InputError
        Where it is not installed, with the command that installs it.
    """
    try:
        return import_module(package)
    except ImportError:
        raise InputError.of(
            "inventory.needs_extra",
            file=file,
            package=package.split(".")[0],
            command=f'pip install "renewopt[{extra}]"',
        ) from None
