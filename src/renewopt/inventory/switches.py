"""What `inventory.toml` says about placing in corridors and about imputation."""

from __future__ import annotations

from typing import Any

from renewopt.core.errors import InputError, message
from renewopt.inventory.inventory import ABOUT_FILE


def placing(about: dict[str, Any]) -> dict[str, Any]:
    """Take from `inventory.toml` how assets are placed in corridors.

    Raises
    ------
    InputError
        Where a key is not known or of another kind.
    """
    given = about.get("corridors", {})
    wanted = {"derive": bool, "aliases": dict}
    known = "derive = true/false, aliases = { … = … }"
    if not isinstance(given, dict):
        raise InputError.of(
            "inventory.about_key", file=ABOUT_FILE, key="corridors", known=known
        )
    wrong = [
        f"corridors.{name}"
        for name, value in given.items()
        if name not in wanted or not isinstance(value, wanted[name])
    ]
    if wrong:
        raise InputError(
            *(
                message("inventory.about_key", file=ABOUT_FILE, key=key, known=known)
                for key in wrong
            )
        )
    out = dict(given)
    if "aliases" in out:
        out["aliases"] = {str(k): str(v) for k, v in out["aliases"].items()}
    return out


def imputed_columns(about: dict[str, Any]) -> list[str]:
    """Take from `inventory.toml` which columns are imputed: none by default.

    Raises
    ------
    InputError
        Where a key is not known or of another kind.
    """
    given = about.get("impute", {})
    columns = given.get("columns", []) if isinstance(given, dict) else None
    other = sorted(set(given) - {"columns"}) if isinstance(given, dict) else []
    if not isinstance(columns, list) or other:
        key = f"impute.{(other or ['columns'])[0]}"
        raise InputError.of(
            "inventory.about_key", file=ABOUT_FILE, key=key, known="columns = [ … ]"
        )
    return [str(name) for name in columns]
