"""Fixtures that several rooms share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from renewopt.runs import Plan

settings.register_profile(
    "ci", deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
settings.load_profile("ci")


@pytest.fixture
def tiny_plan() -> Plan:
    """Give a plan of five projects, worked out by hand."""
    from tests import tiny

    return tiny.tiny_plan()
