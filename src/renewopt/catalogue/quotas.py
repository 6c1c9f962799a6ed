"""Quotas: amounts that a document states for the nation, not for a county."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from renewopt.catalogue.base import Frozen, Text


class Quota(Frozen):
    """An amount that a document states as a whole; a county's part is its own to say.

    Attributes
    ----------
    asset_class
        Classes that count.
    unit
        What is counted: `km` of route, `households`, or `items` (projects of the class:
        compounds, points).
    amount
        What the document states, for all it speaks of; it is never shared out here.
    year
        By the end of which year.
    clause, phrase, source
        Where it stands, its words, and what was found of it.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    title: Text
    asset_class: tuple[str, ...] = Field(min_length=1)
    unit: Literal["km", "households", "items"]
    amount: int = Field(gt=0)
    year: int = Field(ge=2000, le=2200)
    clause: str = Field(min_length=1)
    phrase: str = Field(min_length=1)
    source: str = Field(min_length=1)
