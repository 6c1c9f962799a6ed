"""Where: which works or packages a rule speaks of, as lists of values."""

from __future__ import annotations

import pandas as pd
from pydantic import BaseModel, ConfigDict

from renewopt.core.errors import Message, message


class Where(BaseModel):
    """A selection: "and" between keys, "or" inside a list, empty means all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    asset_class: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    district: tuple[str, ...] = ()
    nature: tuple[str, ...] = ()
    ownership: tuple[str, ...] = ()
    legal_owner: tuple[str, ...] = ()
    mode: tuple[str, ...] = ()
    package_id: tuple[str, ...] = ()
    project_id: tuple[str, ...] = ()

    def given(self) -> dict[str, tuple[str, ...]]:
        """Give the keys that select something."""
        return {key: values for key, values in self if values}

    def select(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of `frame` that are meant, in their order."""
        mask = pd.Series(True, index=frame.index)
        for key, values in self.given().items():
            mask &= frame[key].isin(values)
        return frame[mask]

    def problems(self, frame: pd.DataFrame, rule_id: str) -> list[Message]:
        """Name keys that the frame has no column for."""
        return [
            message("rule.where_key", rule=rule_id, key=key)
            for key in self.given()
            if key not in frame
        ]
