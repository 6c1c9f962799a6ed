"""Which survey points a table of lines may take its places from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from renewopt.inventory.geometry import Nodes, joined_nodes
from renewopt.inventory.words import key

_WORDS = re.compile(
    r"管线点|物探点|管点|测点|节点|井点|特征点|点|管线|管段|管网|管道|线|段|坐标|成果|数据"
    r"|明细|台账|清单|表|points?|nodes?|manholes?|pipes?|lines?|links?|segments?|[\s_.\-]"
)
"""What the names of a table of lines and of one of points do not have in common."""

_CODE = re.compile(r"^([a-z]{2})[lp]$")


@dataclass(frozen=True, eq=False)
class Lines:
    """A table of lines: where it stands, its class, and the points that it names.

    Attributes
    ----------
    header
        Header of the points' numbers, for messages.
    """

    file: str
    sheet: str
    kind: str
    ends: frozenset[str]
    header: str = ""


@dataclass(frozen=True, eq=False)
class Chosen:
    """The points of one table of lines, and those that it may not use unasked.

    Attributes
    ----------
    refused
        Tables that have numbers of the lines, but may mean other points by them.
    lines
        Numbers of the lines that only these tables have.
    """

    nodes: Nodes | None
    refused: tuple[Nodes, ...] = ()
    lost: int = 0


def choose_points(
    mine: Lines, lines: Sequence[Lines], tables: Sequence[Nodes]
) -> Chosen:
    """Choose the tables of points that a table of lines means by its numbers.

    Point numbers start from 1 in every survey. So the points of the same file count,
    if they are not named for another class; else those of a file with the same name
    but for 点 and 线; else a table of points that belongs to no other lines. A file in
    another folder is never a pair, and comes after those in the folder of the lines.
    """
    fit = [table for table in tables if _class_fits(mine, table)]
    own = _of_file(mine, lines, fit)
    paired = [table for table in fit if _is_pair(mine.file, table.file)]
    free = [table for table in fit if _is_free(table, mine, lines)]
    near = [table for table in free if _folder(table.file) == _folder(mine.file)]
    taken = own or paired or near or free
    nodes = joined_nodes(taken, mine.file)
    known = set(nodes.ids) | {i.raw for i in nodes.issues} if nodes else set()
    known |= {i.raw for table in taken for i in table.issues}
    open_ = mine.ends - known
    refused = [t for t in tables if t not in taken and not open_.isdisjoint(t.ids)]
    lost = open_ & {name for table in refused for name in table.ids}
    return Chosen(nodes, tuple(refused), len(lost))


def _of_file(
    mine: Lines, lines: Sequence[Lines], tables: Sequence[Nodes]
) -> list[Nodes]:
    """List the points in the file of the lines: of the sheet's name, else of none's."""
    own = [table for table in tables if table.file == mine.file]
    named = [table for table in own if _same_sheet(mine, table)]
    others = [line for line in lines if line is not mine and line.file == mine.file]
    return named or [t for t in own if not any(_same_sheet(o, t) for o in others)]


def _same_sheet(lines: Lines, table: Nodes) -> bool:
    """Tell whether two sheets are called alike: RQ线 and RQ点, JSL and JSP."""
    one, two = (_CODE.sub(r"\1", key(name)) for name in (lines.sheet, table.sheet))
    one, two = _WORDS.sub("", one), _WORDS.sub("", two)
    return bool(one) and one == two


def _class_fits(mine: Lines, table: Nodes) -> bool:
    return not table.kinds or mine.kind in table.kinds


def _is_pair(lines: str, points: str) -> bool:
    """Tell whether two files are called alike but for the words of lines and points."""
    together = _folder(lines) == _folder(points)
    return together and lines != points and _bare(lines) == _bare(points)


def _folder(file: str) -> str:
    return file.rpartition("/")[0]


def _bare(file: str) -> str:
    return _WORDS.sub("", key(Path(file).stem))


def _is_free(table: Nodes, mine: Lines, lines: Sequence[Lines]) -> bool:
    """Tell whether a table of points of another file belongs to no other lines.

    Points without a class serve lines of several only where these share no number.
    """
    away = _folder(mine.file) != _folder(table.file)
    for other in lines:
        if other is mine:
            continue
        if away and _folder(other.file) == _folder(table.file):
            return False
        if other.file == table.file or _is_pair(other.file, table.file):
            return False
        if other.kind != mine.kind and not table.kinds:
            both = mine.ends & other.ends
            if not both.isdisjoint(table.ids):
                return False
    return True
