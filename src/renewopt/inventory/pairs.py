"""Pairs of pipes: what `2×DN300` says about the number of pipes in a route."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.inventory.body import Body
from renewopt.inventory.cells import Parsed
from renewopt.inventory.header_cells import (
    OF_SUPPLY,
    PIPES,
    Header,
    aliases,
    read_cell,
)
from renewopt.inventory.headers import HeaderRow, Match
from renewopt.inventory.kinds import TableKind

ALIKE = 0.02
"""Share by which the pipes of a pair may differ in what is stated of them."""
_NUMBER = r"(\d+(?:\.\d+)?)"


def compare_return(body: Body, header: HeaderRow, kind: TableKind) -> list[str]:
    """Ask where the return pipe differs from the supply pipe, whose figures are taken.

    Returns the headers of return pipes; they are not read otherwise.
    """
    if all(spec.name != PIPES for spec in kind.columns):
        return []
    known = aliases(kind.columns)
    taken = {match.spec.name: match for match in header.matches}
    found = []
    for text in header.unknown:
        parts = [Header.of(part).name for part in text.split(" ")]
        name = read_cell("".join(parts).replace("回", "供"), known).name
        alias = known.get(name) if "回" in text else None
        match = taken.get(kind.columns[alias.column].name) if alias else None
        if match is None or match.spec.name not in OF_SUPPLY:
            continue
        found.append(text)
        _compare(body, match, text, header)
    return found


def _compare(body: Body, match: Match, text: str, header: HeaderRow) -> None:
    """Ask about the rows whose return pipe differs; note that it was compared."""
    position = header.texts.index(text)
    cells = body.cells[position].astype(str), body.cells[match.position].astype(str)
    other, own = (
        pd.to_numeric(texts.str.extract(_NUMBER)[0], errors="coerce").to_numpy()
        for texts in cells
    )
    away = np.abs(other - own) > ALIKE * np.maximum(other, own)
    filled = (cells[0].str.strip() != "").to_numpy()
    odd = np.flatnonzero(filled & (away | np.isnan(other) | np.isnan(own)))
    body.add(
        "inventory.return_pipe", "note", body.raw.first_row + header.row, text,
        position=position, used=match.header.text,
    )  # fmt: skip
    for i in odd:
        body.add(
            "inventory.return_differs", "questioned", int(body.rows[i]), text,
            str(cells[0].iloc[i]), str(cells[1].iloc[i]), position,
            used=match.header.text,
        )  # fmt: skip


def set_pipes(
    body: Body,
    frame: pd.DataFrame,
    kind: TableKind,
    matches: Sequence[Match],
    read: Mapping[str, Parsed],
) -> pd.DataFrame:
    """Take the number of pipes from the size where the class has a column for it.

    It fills an empty cell; where it says something else, or the class knows no pairs,
    the size is questioned.
    """
    for match in matches:
        parsed = read[match.spec.name]
        if not any(o.pipes for o in parsed.outcomes):
            continue
        counts = np.array([*(o.pipes for o in parsed.outcomes), 0])[parsed.which]
        told = np.flatnonzero(counts > 0)
        texts = body.cells[match.position]
        known = any(spec.name == PIPES for spec in kind.columns)
        own = (
            frame[PIPES].to_numpy(dtype=np.float64, na_value=np.nan)
            if PIPES in frame
            else np.full(len(frame), np.nan)
        )
        filled = told[np.isnan(own[told])] if known else told[:0]
        if known:
            own[filled] = counts[filled]
            frame = frame.assign(**{PIPES: pd.array(own).astype("Int64")})
            body.ledger.add(filled, PIPES, "converted", texts.iloc[filled].tolist())
        wrong = told[own[told] != counts[told]] if known else told[counts[told] > 1]
        for i in wrong:
            body.add(
                "inventory.pipes_unclear", "questioned", int(body.rows[i]),
                match.header.text, str(texts.iloc[i]), "", match.position,
                pipes=int(counts[i]),
            )  # fmt: skip
    return frame


def times_counted(frame: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Give how often each length counts its route: 1, or once per pipe of it.

    A length taken pipe by pipe (`length_basis = single_pipe`) counts the route as often
    as it has pipes, two where that is not stated.
    """
    if "length_basis" not in frame:
        return np.ones(len(frame))
    single = (frame["length_basis"] == "single_pipe").fillna(False).to_numpy(np.bool_)
    pipes = (
        frame[PIPES].to_numpy(dtype=np.float64, na_value=np.nan)
        if PIPES in frame
        else np.full(len(frame), np.nan)
    )
    pipes = np.nan_to_num(pipes, nan=2.0)
    return np.where(single & (pipes > 1), pipes, 1.0)
