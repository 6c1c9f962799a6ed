"""`about.json`: what goes with a case from run to run, whatever policy it gets.

It lies in the case folder, so that a case that is solved again, or copied, keeps its
titles and, above all, the label that its inventory is synthetic.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from renewopt.core.errors import InputError, Message
from renewopt.runs.manifest import pack, unpack
from renewopt.runs.plan import COST_UNCERTAINTY, Plan

FILE = "about.json"


@dataclass(frozen=True)
class CaseAbout:
    """What is known of a case besides its tables; see `Plan` for the meanings."""

    synthetic: bool = False
    rejected: int = 0
    cost_uncertainty: float = COST_UNCERTAINTY
    titles: dict[str, dict[str, str]] = field(default_factory=dict)
    warnings: tuple[Message, ...] = ()

    @classmethod
    def of(cls, plan: Plan) -> CaseAbout:
        """Take it from a plan."""
        titles = {code: dict(texts) for code, texts in sorted(plan.titles.items())}
        return cls(
            plan.synthetic,
            plan.rejected,
            plan.cost_uncertainty,
            titles,
            tuple(plan.warnings),
        )

    def write(self, case_folder: Path) -> None:
        """Write `about.json` into a case folder."""
        data: dict[str, Any] = {
            "synthetic": self.synthetic,
            "rejected": self.rejected,
            "cost_uncertainty": self.cost_uncertainty,
            "titles": self.titles,
            "warnings": [pack(item) for item in self.warnings],
        }
        text = json.dumps(data, ensure_ascii=False, indent=2)
        (case_folder / FILE).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, case_folder: Path) -> CaseAbout:
        """Read it; a case from elsewhere has none and gets the defaults.

        Raises
        ------
        InputError
            If the file is there but is not what `write` wrote.
        """
        path = case_folder / FILE
        if not path.exists():
            return cls()
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                bool(data["synthetic"]),
                int(data["rejected"]),
                float(data["cost_uncertainty"]),
                {str(k): dict(v) for k, v in data["titles"].items()},
                tuple(unpack(item) for item in data["warnings"]),
            )
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise InputError.of(
                "runs.unreadable_json", file=FILE, detail=repr(error)
            ) from None
