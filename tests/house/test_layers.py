"""The house stands: who imports whom, and what a light start loads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {
    "charset_normalizer", "ezdxf", "pyogrio", "pyproj", "shapely", "sqlalchemy",
    "pandas", "numpy", "scipy", "ortools", "highspy", "pulp", "sklearn", "streamlit",
    "xlsxwriter", "python_calamine", "pyarrow", "openpyxl",
    "rapidfuzz",
}  # fmt: skip


def _loaded(code: str) -> set[str]:
    """Run code in a fresh process; give the top-level modules that it loads."""
    tail = (
        "import sys, json\n"
        "print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    result = subprocess.run(
        [sys.executable, "-c", f"{code}\n{tail}"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(result.stdout.splitlines()[-1]))


def test_import_renewopt_is_light() -> None:
    """`import renewopt` loads none of the heavy packages."""
    assert _loaded("import renewopt; renewopt.__version__") & HEAVY == set()


def test_help_is_light() -> None:
    """`renewopt --help` loads none of the heavy packages."""
    code = "from renewopt.cli.main import run; run(['--help']); run(['plan', '--help'])"
    assert _loaded(code) & HEAVY == set()


def test_public_names_are_there() -> None:
    """Every name of the public interface can be loaded; rooms can be called."""
    code = (
        "import renewopt\n"
        "for name in renewopt.__all__: getattr(renewopt, name)\n"
        "assert callable(renewopt.audit) and renewopt.audit.audit_run\n"
        "assert callable(renewopt.report) and renewopt.report.workbook\n"
        "try: renewopt.nothing\n"
        "except AttributeError: pass\n"
        "else: raise SystemExit('a name that is not there')"
    )
    assert "pandas" in _loaded(code)


def test_rooms_import_only_rooms_below() -> None:
    """The import contracts hold."""
    program = Path(sys.executable).with_name("lint-imports")
    if not program.exists():
        pytest.skip("import-linter is not installed")
    result = subprocess.run(
        [program, "--no-cache"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-3000:]


HOMES = {
    "pyogrio": "inventory",
    "sqlalchemy": "inventory",
    "ezdxf": "inventory",
    "ortools": "optimise/engines",
    "highspy": "optimise/engines",
    "pulp": "optimise/engines",
    "sklearn": "risk",
    "skops": "risk",
    "python_calamine": "inventory",
    "xlsxwriter": "report",
    "openpyxl": "report",
    "rapidfuzz": "inventory",
    "streamlit": "nowhere",
    "typer": "cli",
    "rich": "cli",
}


def test_heavy_packages_have_one_home() -> None:
    """A heavy package is imported in its room only."""
    strays = []
    source = ROOT / "src" / "renewopt"
    for path in sorted(source.rglob("*.py")):
        place = path.relative_to(source).as_posix()
        for line in path.read_text(encoding="utf-8").splitlines():
            words = line.split()
            if len(words) < 2 or words[0] not in {"import", "from"}:
                continue
            package = words[1].split(".")[0]
            home = HOMES.get(package)
            if home is not None and not place.startswith(f"{home}/"):
                strays.append(f"{place}: {package}")
    assert strays == []


def test_every_public_test_says_what_it_holds() -> None:
    """Every test function has a docstring."""
    import ast

    silent = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.FunctionDef)
                and node.name.startswith("test_")
                and not ast.get_docstring(node)
            ):
                silent.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert silent == []
