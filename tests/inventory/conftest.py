from __future__ import annotations

from pathlib import Path

import pytest

from renewopt.catalogue import Catalogue, load

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Give the packaged catalogue."""
    return load()


@pytest.fixture(scope="session")
def kitchener() -> Path:
    """Give the folder of the Kitchener export, or skip where it is not there."""
    folder = SHARED / "water_kitchener_2023"
    if not folder.is_dir():
        pytest.skip("needs ../shared/data/water_kitchener_2023 beside the repository")
    return folder
