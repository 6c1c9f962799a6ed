"""Policy: rules, objective, means; assembled once, written whole, read back equal."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, field_validator

from renewopt.catalogue.parse import validate
from renewopt.core.errors import InputError, Message, message
from renewopt.core.tables import read_table, records, write_table
from renewopt.core.toml_text import to_toml
from renewopt.rules.base import Rule
from renewopt.rules.funds import BP, CERTAINTIES, EXISTING_DEBT, FUND_YEARS, FUNDS


class Objective(BaseModel):
    """What stage 2 maximises: Σ weight · benefit column, in 万元."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights: dict[str, Annotated[float, Field(allow_inf_nan=False)]] = {
        "risk_removed": 1.0
    }

    @field_validator("weights")
    @classmethod
    def _fine_enough(cls, weights: dict[str, float]) -> dict[str, float]:
        """Refuse weights that are all small: values are whole units of 0.01 万元."""
        if not weights or max(abs(weight) for weight in weights.values()) < 1:
            raise ValueError("the largest weight must be 1 or more")
        return weights


@dataclass(frozen=True, eq=False)
class Policy:
    """Wishes and means: rules in the order of the registry, objective, funds, debt."""

    rules: tuple[Rule, ...]
    objective: Objective
    funds: pd.DataFrame
    fund_years: pd.DataFrame
    existing_debt: pd.DataFrame

    def of_kind(self, kind: str) -> list[Any]:
        """List the rules of one kind."""
        return [rule for rule in self.rules if rule.kind == kind]

    def first(self, kind: str) -> Any:
        """Give the only rule of a kind, or None."""
        return next(iter(self.of_kind(kind)), None)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the policy as written."""
        seal = hashlib.sha256(self._text().encode())
        for table in (self.funds, self.fund_years, self.existing_debt):
            seal.update(table.to_csv(index=False).encode())
        return seal.hexdigest()

    def _text(self) -> str:
        tables = [rule.as_table() for rule in self.rules]
        return to_toml({"objective": self.objective.model_dump(), "rule": tables})

    def write(self, folder: Path) -> None:
        """Write `policy.toml`, `funds`, `fund_years` and `existing_debt`."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "policy.toml").write_text(self._text(), encoding="utf-8")
        write_table(FUNDS, self.funds, folder)
        write_table(FUND_YEARS, self.fund_years, folder)
        write_table(EXISTING_DEBT, self.existing_debt, folder)

    @classmethod
    def read(cls, folder: Path) -> Policy:
        """Read what `write` wrote, or what another program wrote in that form.

        Raises
        ------
        InputError
            With every problem found, each with file and dotted key.
        """
        data = read_toml(folder / "policy.toml")
        return make_policy(
            data,
            read_table(FUNDS, folder),
            read_table(FUND_YEARS, folder),
            read_table(EXISTING_DEBT, folder),
            "policy.toml",
        )


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file; a syntax error names file and line."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise InputError.of("file.missing", file=path) from None
    except OSError as error:
        raise InputError.of(
            "file.unreadable", file=path, detail=error.strerror
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeError) as error:
        raise InputError.of("toml.syntax", file=path.name, detail=error) from None


def make_policy(
    data: Mapping[str, Any],
    funds: pd.DataFrame,
    fund_years: pd.DataFrame,
    existing_debt: pd.DataFrame,
    file: str,
) -> Policy:
    """Build the policy; structural rules that are not named are added.

    Raises
    ------
    InputError
        With every unknown key, kind or parameter.
    """
    problems = [
        message("toml.unknown_key", file=file, key=key, known="objective, rule")
        for key in data
        if key not in {"objective", "rule"}
    ]
    objective, found = validate(Objective, data.get("objective", {}), file, "objective")
    problems += found
    tables = data.get("rule", [])
    rules, found = parse_rules(tables if isinstance(tables, list) else [tables], file)
    problems += found
    money = [
        schema.conform(table).sort_values(list(schema.key), ignore_index=True)
        for schema, table in (
            (FUNDS, funds),
            (FUND_YEARS, fund_years),
            (EXISTING_DEBT, existing_debt),
        )
    ]
    problems += _fund_problems(*money)
    if problems or objective is None:
        raise InputError(*problems)
    return Policy(
        tuple(with_structure(rules, has_funds=len(funds) > 0)),
        objective,
        *money,
    )


def _fund_problems(
    funds: pd.DataFrame, fund_years: pd.DataFrame, existing_debt: pd.DataFrame
) -> Iterable[Message]:
    known = set(funds["fund_id"])
    for name, table in (("fund_years", fund_years), ("existing_debt", existing_debt)):
        for fund in sorted(set(table["fund_id"]) - known):
            yield message(
                "policy.unknown_fund",
                table=name,
                fund=fund,
                known=", ".join(sorted(known)),
            )
    yield from _certainty_problems(fund_years)
    for row in records(funds):
        yield from _share_problems(row)
        if row.debt and not int(row.tenor_years) > int(row.grace_years):
            yield message("policy.tenor", fund=row.fund_id, value=row.tenor_years)
        if row.debt and row.repayment not in {"bullet", "equal"}:
            yield message("policy.repayment", fund=row.fund_id, value=row.repayment)
        if int(row.interest_per_year) not in {1, 2}:
            dates = int(row.interest_per_year)
            yield message("policy.interest_dates", fund=row.fund_id, value=dates)
        if row.debt and row.up_front:
            yield message("policy.up_front_debt", fund=row.fund_id)
        if not 1 <= int(row.arrival_month) <= 12:
            yield message(
                "policy.arrival_month", fund=row.fund_id, value=row.arrival_month
            )
        if row.needs_borrower and not row.borrower:
            yield message("policy.borrower", fund=row.fund_id)


def _share_problems(row: Any) -> Iterable[Message]:
    """Refuse borrowed money as capital, shares out of range and negative terms."""
    if row.debt and row.capital:
        yield message("policy.debt_as_capital", fund=row.fund_id)
    share = row.max_share_bp
    if not pd.isna(share) and not 0 <= int(share) <= BP:
        yield message("policy.share", fund=row.fund_id, value=int(share))
    if int(row.carry_over) < -1 or int(row.coupon_bp) < 0:
        yield message("policy.negative_term", fund=row.fund_id)
    if row.share_base not in {"eligible", "cost"}:
        yield message("policy.share_base", fund=row.fund_id, value=row.share_base)


def _certainty_problems(fund_years: pd.DataFrame) -> Iterable[Message]:
    for row in records(fund_years):
        if row.certainty not in CERTAINTIES:
            yield message(
                "policy.certainty",
                fund=row.fund_id,
                year=int(row.year),
                value=row.certainty,
                known=", ".join(CERTAINTIES),
            )


def parse_rules(
    tables: Sequence[Mapping[str, Any]], file: str
) -> tuple[list[Rule], list[Message]]:
    """Turn rule tables into rules; collect every problem instead of stopping."""
    from renewopt.rules import RULES

    rules: list[Rule] = []
    problems: list[Message] = []
    for number, table in enumerate(tables, start=1):
        if not isinstance(table, Mapping):
            key = f"rule[{number}]"
            problems.append(
                message(
                    "catalogue.wrong_kind",
                    file=file,
                    key=key,
                    value=table,
                    kind="table",
                )
            )
            continue
        name = str(table.get("id", number))
        kind = RULES.get(str(table.get("kind", "")))
        if kind is None:
            problems.append(
                message(
                    "rule.unknown_kind",
                    file=file,
                    rule=name,
                    value=table.get("kind", ""),
                    known=", ".join(RULES),
                )
            )
            continue
        rule, found = validate(kind, dict(table), file, f"rule[{name}]")
        problems += found
        if rule is not None:
            rules.append(rule)
    seen: set[str] = set()
    single = {"mandatory", "dig_once", "closed_corridor"}
    for rule in rules:
        mark = rule.kind if rule.kind in single or rule.structural else rule.id
        if mark in seen or rule.id in seen:
            problems.append(message("rule.twice", file=file, rule=rule.id))
        seen |= {mark, rule.id}
    return rules, problems


def with_structure(rules: Sequence[Rule], *, has_funds: bool) -> list[Rule]:
    """Add the structural rules that are missing and put all in registry order."""
    from renewopt.rules import RULES

    always = {"one_work", "running"}
    kinds = {rule.kind for rule in rules}
    full = list(rules)
    for kind, cls in RULES.items():
        if cls.structural and kind not in kinds and (has_funds or kind in always):
            full.append(cls(kind=kind, id=kind))
    order = list(RULES)
    return sorted(full, key=lambda rule: (order.index(rule.kind), rule.id))
