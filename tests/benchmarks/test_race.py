"""The races run, say what they measured, and compare like with like."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import knapsacks
from benchmarks.families import county, race
from benchmarks.families.naive import per_project
from benchmarks.families.picture import picture
from renewopt.optimise.engines.base import Limits
from renewopt.optimise.engines.highs import ENGINE, relax
from renewopt.optimise.model import build_model
from renewopt.optimise.task import make_task


def test_race_prints_a_row_and_a_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each method has its row with plan, gap, seconds, memory, audit; and its line."""
    options = ["--sizes", "30x5", "--seconds", "4", "--out", str(tmp_path)]
    assert race.main([*options, "--methods", "auto,compact-highs"]) == 0
    rows = [
        line.split("|") for line in capsys.readouterr().out.splitlines()
        if line.startswith(("| auto", "| compact-highs"))
    ]  # fmt: skip
    assert len(rows) == 2
    auto = rows[0]
    assert "%" in auto[5]
    assert float(auto[9]) > 0
    assert float(auto[10].replace(",", "")) > 50
    assert [row[11].strip() for row in rows] == ["passed", "passed"]
    drawn = (tmp_path / "county-30x5-0.svg").read_text(encoding="utf-8")
    assert "auto" in drawn
    assert "polyline" in drawn


def test_plain_bounds_count_what_falls_short() -> None:
    """A plain program paid for shortfalls in its bound: they are added again."""
    lines = [{"what": "bound", "bound": 1000.0}]
    assert race.Finish("compact-highs", lines, 1.0, 1.0, False).bound(2) == 1200.0
    assert race.Finish("auto", lines, 1.0, 1.0, False).bound(2) == 1000.0


def test_picture_leaves_out_plans_with_more_shortfall() -> None:
    """A plan that leaves more duties undone is not compared by its objective."""
    lines = [{"what": "plan", "short": 5, "objective": 100, "cpu": 1.0, "wall": 1.0}]
    way = race.Finish("auto", lines, 2.0, 1.0, False)
    assert "auto: no plan" in picture("title", [way], 110.0, 0)
    assert "polyline" in picture("title", [way], 110.0, 5)


def test_plain_model_has_the_same_plans() -> None:
    """A plan's works have their money project by project too, and worth the same."""
    problem = county(30, 5, 1)
    built = build_model(problem)
    task = make_task(problem, built)
    plain = per_project(problem, built, task)
    assert len(plain.mip.cost) > len(task.lower)
    limits = Limits(0.05, 0.5, 5.0, 0)
    answer = ENGINE.solve(plain.mip, limits, None, lambda *_: False)
    assert answer.x is not None
    taken = np.rint(answer.x[plain.x])
    lower, upper = plain.mip.lower.copy(), plain.mip.upper.copy()
    lower[plain.x] = upper[plain.x] = taken
    own = relax(replace(plain.mip, lower=lower, upper=upper))
    from benchmarks.families.naive import compact

    pooled = compact(task)
    lower, upper = pooled.mip.lower.copy(), pooled.mip.upper.copy()
    lower[pooled.x] = upper[pooled.x] = taken
    other = relax(replace(pooled.mip, lower=lower, upper=upper))
    assert own is not None
    assert other is not None
    assert own.bound == pytest.approx(other.bound)


def _write(folder: Path) -> None:
    """Write one knapsack of four items and two rows in the published form."""
    text = "1\n4 2 0\n10 7 6 1\n5 4 3 1\n1 1 1 1\n7 2\n"
    (folder / "mknapcb9.txt").write_text(text, encoding="ascii")
    known = "Name  Best\n\n2.4-00   16\n\nLP\n2.4-00   17\n"
    (folder / "mkcbres.txt").write_text(known, encoding="ascii")


def test_knapsack_is_solved_as_a_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A published file is read, written as a case and solved; the best value counts."""
    _write(tmp_path)
    (knapsack,) = knapsacks.read_file(
        tmp_path / "mknapcb9.txt", knapsacks.best_known(tmp_path / "mkcbres.txt")
    )
    assert knapsack.best == 16
    assert knapsack.room.tolist() == [7, 2]
    assert knapsacks.main(["--data", str(tmp_path), "--seconds", "5"]) == 0
    # 7 + 6 with 4 + 3 of 7: the pair of two; 10 + 1 weighs 6 and is worth 11.
    assert "| 2.4-00 | 16 | 13 |" in capsys.readouterr().out


def test_absent_knapsacks_are_skipped_with_a_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the data nothing is measured, and it is said where they come from."""
    assert knapsacks.main(["--data", str(tmp_path)]) == 0
    assert "OR-Library" in capsys.readouterr().err
