"""Proposals for words of choices that no code list knows."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.cells import parse_column
from renewopt.inventory.kinds import TableKind
from renewopt.inventory.proposal import ColumnProposal, ValueProposal
from renewopt.inventory.propose_columns import LEAST, LOOKED_AT, MARGIN
from renewopt.inventory.words import key, plain

SURE_VALUE = 0.95
"""Likeness from which a word is taken for another one with a slip of the pen."""


def value_proposals(
    columns: Iterable[ColumnProposal], body: pd.DataFrame, kind: TableKind
) -> Iterable[ValueProposal]:
    """Propose codes for the words of choices that are not known."""
    specs = {spec.name: spec for spec in kind.columns}
    for column in columns:
        spec = specs.get(column.field)
        if spec is None or spec.kind != "choice":
            continue
        cells = body[body.columns[column.position]].map(plain)
        counts = cells[cells != ""].value_counts()
        texts = pd.Series(counts.index[:LOOKED_AT], dtype=object)
        parsed = parse_column(texts, spec)
        unknown = (parsed.codes != "") & parsed.cells.isna().to_numpy()
        for text in texts[unknown]:
            yield _value(str(text), int(counts[text]), column, spec)


def _value(
    text: str, count: int, column: ColumnProposal, spec: ColumnSpec
) -> ValueProposal:
    from rapidfuzz import fuzz

    scores = sorted(
        (-max(fuzz.WRatio(key(text), key(w)) for w in c.words()) / 100, c.code)
        for c in spec.choices
    )
    near = tuple((code, round(-score, 2)) for score, code in scores if -score >= LEAST)
    exact = max(
        (fuzz.ratio(key(text), key(w)) / 100 for c in spec.choices for w in c.words()),
        default=0.0,
    )
    clear = len(near) > 0 and (len(near) < 2 or near[0][1] - near[1][1] >= MARGIN)
    sure = column.sure and clear and exact >= SURE_VALUE
    code = near[0][0] if near else ""
    return ValueProposal(spec.name, column.header, text, count, code, sure, near[:4])
