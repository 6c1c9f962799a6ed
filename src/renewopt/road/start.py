"""Where a run may begin: the works and the multipliers of a finished run."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from renewopt.core.errors import InputError, Message, message
from renewopt.core.tables import read_table
from renewopt.optimise.certificate import Certificate
from renewopt.optimise.hints import Hints, make_hints
from renewopt.optimise.model import BuiltModel
from renewopt.runs.plan import Plan
from renewopt.runs.tables import RUN_SCHEMAS


@dataclass(frozen=True, eq=False)
class Start:
    """A finished run as a beginning: what is not in the new case is left out.

    Attributes
    ----------
    works
        Works of its plan.
    certificate
        What proved its bound; None where that was a solver's tree alone.
    name
        Its folder's name, for the manifest and for notes.
    """

    works: tuple[str, ...]
    certificate: Certificate | None
    name: str = ""

    @classmethod
    def read(cls, folder: Path) -> Start:
        """Read a run folder.

        Raises
        ------
        InputError
            If it is no run, or its schedule or certificate cannot be read.
        """
        if not (folder / "manifest.json").is_file():
            raise InputError.of("runs.not_a_run", folder=folder)
        table = read_table(RUN_SCHEMAS["schedule"], folder)
        works = table.loc[table["selected"], "work_id"].astype(str)
        return cls(tuple(works), _certificate(folder), folder.resolve().name)

    @classmethod
    def of(cls, plan: Plan) -> Start:
        """Take a plan that was just made."""
        return cls(tuple(plan.schedule.chosen["work_id"]), plan.certificate)

    def hints(self, built: BuiltModel) -> Hints:
        """Write it for a new model."""
        return make_hints(built, self.works, self.certificate)

    def notes(self, works: Iterable[str]) -> list[Message]:
        """Say where it cannot help: other works, or no multipliers."""
        there = set(works)
        known = sum(work in there for work in self.works)
        found = []
        if self.works and not known:
            found.append(message("start.foreign", run=self.name))
        elif known < len(self.works):
            count = len(self.works) - known
            found.append(message("start.gone", run=self.name, count=count))
        if self.certificate is None:
            found.append(message("start.no_multipliers", run=self.name))
        return found


def _certificate(folder: Path) -> Certificate | None:
    path = folder / "certificate.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Certificate.from_dict(data) if data.get("recomputable") else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError.of(
            "runs.unreadable_json", file=path.name, detail=str(error)
        ) from None
