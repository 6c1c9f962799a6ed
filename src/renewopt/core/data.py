"""Where the data that travels with the package lies."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from renewopt.core.errors import InputError

PACKAGE = Path(__file__).resolve().parents[1]
CHECKOUT = PACKAGE.parents[1]


def data_dir(name: Literal["models", "inventories", "app"]) -> Path:
    """Find a packaged folder: inside the installed package, else in the checkout.

    Raises
    ------
    InputError
        If neither is there: the installation is incomplete.
    """
    for folder in (PACKAGE / "_data" / name, CHECKOUT / name):
        if folder.is_dir():
            return folder
    raise InputError.of("core.no_packaged_data", name=name)
