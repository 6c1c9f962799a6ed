"""What the user says about coordinates, and the tolerances of the checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from renewopt.inventory.geometry.systems import System, parse_system

_LOCAL = "base"


@dataclass(frozen=True)
class GeometrySettings:
    """How geometry is read and compared.

    Attributes
    ----------
    system
        The system that the user states for every file; None where not stated.
    by_file
        System by file name or stem, before `system`.
    length_share, length_m
        A length may differ from its geometry by this share or by these metres,
        whichever is more (editable assumption).
    """

    system: System | None = None
    by_file: Mapping[str, System] = field(default_factory=dict)
    length_share: float = 0.05
    length_m: float = 2.0

    def of(self, file: str) -> System | None:
        """Give the system that the user states for a file."""
        stated = (self.by_file.get(name) for name in self._names(file))
        return next((own for own in stated if own is not None), self.system)

    def is_stated(self, file: str) -> bool:
        """Tell whether the user states a system for the very file."""
        return any(name in self.by_file for name in self._names(file))

    @staticmethod
    def _names(file: str) -> tuple[str, ...]:
        """List what a file may be called: with its folder, bare, without its suffix."""
        bare = file.rpartition("/")[2]
        return file, bare, bare.rpartition(".")[0] or bare


def geometry_settings(crs: object = None) -> GeometrySettings:
    """Read what is stated: a system, a local grid, or a table of them by file name.

    Raises
    ------
    InputError
        Where it is no coordinate system.
    """
    if crs is None:
        return GeometrySettings()
    if isinstance(crs, Mapping) and _LOCAL not in crs:
        systems = {str(name): parse_system(value) for name, value in crs.items()}
        return GeometrySettings(by_file=systems)
    return GeometrySettings(parse_system(crs))
