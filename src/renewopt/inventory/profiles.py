"""Mapping profiles: by their name in the catalogue, or from a file."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import ValidationError

from renewopt.catalogue import Catalogue
from renewopt.catalogue.mapping import Mapping
from renewopt.core.errors import InputError, message


def load_mapping(mapping: Mapping | str | Path, catalogue: Catalogue) -> Mapping:
    """Give a profile by name in the catalogue or from a file.

    Raises
    ------
    InputError
        Where there is no such profile, or with every mistake in its file.
    """
    if isinstance(mapping, Mapping):
        return mapping
    if str(mapping) in catalogue.mappings:
        return catalogue.mappings[str(mapping)]
    path = Path(mapping)
    if not path.is_file():
        known = ", ".join(sorted(catalogue.mappings))
        raise InputError.of("inventory.unknown_mapping", value=path.name, known=known)
    try:
        return Mapping.model_validate(tomllib.loads(path.read_text("utf-8-sig")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError.of(
            "inventory.unreadable", file=path.name, detail=error
        ) from None
    except ValidationError as error:
        raise InputError(
            *(
                message(
                    "inventory.mapping_file",
                    file=path.name,
                    key=".".join(str(part) for part in item["loc"]),
                    detail=item["msg"],
                )
                for item in error.errors()
            )
        ) from None
