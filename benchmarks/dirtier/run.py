"""`python -m benchmarks dirtier`: write dirty files, read them, score what came out."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.dirtier.counts import WRONG, Score
from benchmarks.dirtier.kinds import KINDS
from benchmarks.dirtier.make import Book, make_books, write_truth
from benchmarks.dirtier.records import record_report, run_records
from benchmarks.dirtier.score import score_book
from benchmarks.dirtier.table import passed, report
from renewopt.catalogue import Catalogue, load
from renewopt.core.errors import InputError
from renewopt.inventory import read_inventory
from renewopt.inventory.inventory import Inventory

HELD_OUT = 1000
"""Seeds from here on are never looked into while the importer is built."""


def main(arguments: Sequence[str] = ()) -> int:
    """Run the seeds and print the table; 1 where the importer fails.

    It fails where a cell is silently wrong, a row silently lost or made up, or less
    than 99.5 % of the cells (of all, and of the dirty ones) are recovered or flagged.
    """
    options = _options(arguments)
    if options is None:
        return 2
    if options.list:
        _list_kinds()
        return 0
    catalogue = load()
    began = time.perf_counter()
    total, records = Score(), Score()
    for seed in options.seeds:
        total.add(run_seed(seed, catalogue, options.out, options.kinds))
        if not options.kinds:
            records.add(run_records(seed, catalogue))
    print(f"Seeds: {', '.join(map(str, options.seeds))}. Synthetic data.\n")
    for line in report(total):
        print(line)
    for line in record_report(records) if records.rows else ():
        print(line)
    print(f"- seconds: {time.perf_counter() - began:.1f}")
    _show(total, options.show)
    _show(records, options.show)
    good = passed(total) and not records.bad
    print(f"\n{'PASSED' if good else 'FAILED'}")
    return 0 if good else 1


def _options(arguments: Sequence[str]) -> argparse.Namespace | None:
    parser = argparse.ArgumentParser("python -m benchmarks dirtier", exit_on_error=True)
    parser.add_argument("--seeds", default="1", help="such as 1,2,3 or 1-20")
    parser.add_argument("--out", type=Path, help="folder for the files and their truth")
    parser.add_argument("--kinds", default="", help="kinds of dirt, by their ids")
    parser.add_argument("--show", type=int, default=0, help="print so many bad cells")
    parser.add_argument(
        "--held-out", action="store_true", help="look into seeds ≥ 1000"
    )
    parser.add_argument("--list", action="store_true", help="list the kinds of dirt")
    options = parser.parse_args(list(arguments))
    options.seeds = _seeds(options.seeds)
    options.kinds = [kind for kind in options.kinds.split(",") if kind]
    unknown = [kind for kind in options.kinds if kind not in KINDS]
    if unknown:
        print(f"unknown kinds: {', '.join(unknown)}; see --list", file=sys.stderr)
        return None
    secret = any(seed >= HELD_OUT for seed in options.seeds) and not options.held_out
    if secret and (options.show or options.out):
        print(
            f"Seeds from {HELD_OUT} on are held out: no --show and no --out without "
            "--held-out.",
            file=sys.stderr,
        )
        return None
    return options


def _seeds(text: str) -> list[int]:
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def run_seed(
    seed: int, catalogue: Catalogue, out: Path | None = None, kinds: Sequence[str] = ()
) -> Score:
    """Write, read and score the files of one seed."""
    total = Score()
    with tempfile.TemporaryDirectory() as temporary:
        folder = out / f"seed-{seed}" if out else Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        books = make_books(seed, catalogue, folder, kinds)
        if out:
            write_truth(books, folder)
        for book in books:
            total.add(read_and_score(book, folder, catalogue))
    return total


def read_and_score(book: Book, folder: Path, catalogue: Catalogue) -> Score:
    """Read one file as a user would; name the class if the reader asks for it."""
    path = folder / book.name
    asked = False
    if book.profile:
        inventory, problem = _read_mapped(path, catalogue, book.profile)
        return score_book(book, inventory, problem)
    inventory, problem = _read(
        path, catalogue, book.asset_class if book.given else None
    )
    if problem.split(", ") == ["inventory.unknown_class"]:
        asked = True
        inventory, problem = _read(path, catalogue, book.asset_class)
    score = score_book(book, inventory, problem)
    score.asked = int(asked)
    return score


def _read_mapped(
    path: Path, catalogue: Catalogue, profile: str
) -> tuple[Inventory | None, str]:
    with tempfile.TemporaryDirectory() as folder:
        mapping = Path(folder) / "bureau.toml"
        mapping.write_text(profile, encoding="utf-8")
        return _read(path, catalogue, None, mapping)


def _read(
    path: Path, catalogue: Catalogue, asset_class: str | None,
    mapping: Path | None = None,
) -> tuple[Inventory | None, str]:  # fmt: skip
    """Read a file; else say why not. Anything but an InputError counts as a crash."""
    try:
        return read_inventory(path, catalogue, asset_class, mapping=mapping), ""
    except InputError as error:
        return None, ", ".join(sorted({m.code for m in error.messages}))
    except Exception as error:
        return None, f"CRASH {type(error).__name__}: {str(error)[:90]}"


def _show(score: Score, limit: int) -> None:
    """Print bad cells and rows: wrong ones first, the kinds of dirt in turn."""
    if not limit:
        return
    print("\n| file | row | column | raw | truth | parsed | kinds | outcome |")
    print("|---|--:|---|---|---|---|---|---|")
    turns: Counter[tuple[str, ...]] = Counter()
    order = []
    for number, bad in enumerate(score.bad):
        what = (bad.outcome, *bad.kinds)
        order.append((bad.outcome != WRONG, turns[what], number, bad))
        turns[what] += 1
    for *_, bad in sorted(order, key=lambda item: item[:3])[:limit]:
        place = f"{bad.file} [{bad.sheet}]" if bad.sheet else bad.file
        print(
            f"| {place} | {bad.row} | {bad.column!r} | {bad.raw!r} | {bad.truth!r} | "
            f"{bad.parsed!r} | {', '.join(bad.kinds)} | {bad.outcome} |"
        )


def _list_kinds() -> None:
    print("| id | scope | 中文 | English | | |\n|---|---|---|---|---|---|")
    for kind in KINDS.values():
        marks = "may be refused" if kind.refusable else ""
        print(
            f"| {kind.id} | {kind.scope} | {kind.zh} | {kind.en} | {marks} | "
            f"{kind.untellable} |"
        )
