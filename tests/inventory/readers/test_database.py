"""Tables of a database by its address."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
import shapely
import sqlalchemy
import sqlalchemy.dialects.postgresql

from renewopt.catalogue import Catalogue
from renewopt.core.errors import InputError
from renewopt.inventory import read_inventory
from renewopt.inventory.readers import is_url, read_source, shown_source
from renewopt.inventory.readers.database import _Place, _table
from renewopt.text import render
from tests.inventory.readers.making import cells, codes

SECRET = "s3cr3t/p@ss"


def database(path: Path, rows: int = 3) -> str:
    """Make a SQLite database with pipes, a view and a table of something else."""
    with closing(sqlite3.connect(path)) as base:
        base.execute('CREATE TABLE gas_pipe ("管线编号" TEXT, "管长" REAL, n INTEGER)')
        base.executemany(
            "INSERT INTO gas_pipe VALUES (?, ?, ?)",
            [(f"A{i}", i + 0.5, None if i % 2 else i) for i in range(rows)],
        )
        base.execute('CREATE VIEW 燃气 AS SELECT "管线编号" FROM gas_pipe')
        base.execute('CREATE TABLE "odd "" name" (a BLOB)')
        base.execute('INSERT INTO "odd "" name" VALUES (x\'00ff\')')
        base.commit()
    return f"sqlite:///{path}"


def failure(text: str) -> InputError:
    """Read what must fail."""
    with pytest.raises(InputError) as error:
        read_source(text)
    return error.value


def test_all_tables_and_views(tmp_path: Path) -> None:
    """Each table is a raw table of its name, field names first."""
    url = database(tmp_path / "x.db")
    tables = {table.sheet: table for table in read_source(url)}
    assert set(tables) == {"gas_pipe", "燃气", 'odd " name'}
    assert cells(tables["gas_pipe"]) == [
        ["管线编号", "管长", "n"],
        ["A0", "0.5", "0"],
        ["A1", "1.5", ""],
        ["A2", "2.5", "2"],
    ]
    assert tables["gas_pipe"].first_row == 0
    assert cells(tables['odd " name'])[1] == ["00ff"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.db"]


def test_tables_asked_for(tmp_path: Path) -> None:
    """`?table=` chooses; a table that is not there is named with those that are."""
    url = database(tmp_path / "x.db")
    (table,) = read_source(f"{url}?table=gas_pipe")
    assert table.stem == "gas_pipe"
    error = failure(f"{url}?table=gas_pipe&table=gone")
    assert codes(error) == ["no_such_table"]
    assert error.messages[0].params["table"] == "gone"
    assert "gas_pipe" in error.messages[0].params["known"]


def test_into_an_inventory(tmp_path: Path, catalogue: Catalogue) -> None:
    """A database is read like any file; its sources show no secret."""
    url = database(tmp_path / "x.db") + "?table=gas_pipe"
    inventory = read_inventory(url, catalogue)
    assert inventory.assets["gas_pipe"]["length_m"].tolist() == [0.5, 1.5, 2.5]
    assert inventory.sources == (f"sqlite:///{tmp_path / 'x.db'}",)


def test_a_name_that_is_not_there_makes_no_database(tmp_path: Path) -> None:
    """A wrong name is an error, not an empty file."""
    assert codes(failure(f"sqlite:///{tmp_path / 'gone.db'}")) == ["missing_file"]
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_goes_away_in_the_middle(tmp_path: Path) -> None:
    """The table at which it was lost is named; nothing of the source is used."""
    path = tmp_path / "x.db"
    url = database(path, rows=50_000)
    data = path.read_bytes()
    middle = len(data) // 2 // 4096 * 4096
    path.write_bytes(data[:middle] + b"\xff" * 65536 + data[middle + 65536 :])
    error = failure(f"{url}?table=gas_pipe")
    assert codes(error) == ["database_lost"]
    assert error.messages[0].params["table"] == "gas_pipe"
    path.write_bytes(b"SQLite format 3\x00" + bytes(30))
    assert codes(failure(url)) == ["database_unreachable"]


def test_an_empty_database(tmp_path: Path) -> None:
    """A database without tables is said to be empty."""
    with closing(sqlite3.connect(tmp_path / "x.db")) as base:
        base.execute("PRAGMA user_version = 1")
        base.commit()
    assert codes(failure(f"sqlite:///{tmp_path / 'x.db'}")) == ["empty_file"]


def test_passwords_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the address shown nor any message holds user or password."""
    url = f"postgresql://clerk:{SECRET}@127.0.0.1:1/pipes?table=gas&sslmode=disable"
    assert shown_source(url) == "postgresql://127.0.0.1:1/pipes"
    error = failure(url)
    assert codes(error)[0] in {"needs_driver", "database_unreachable"}
    for part in (SECRET, "p@ss", "clerk"):
        assert part not in str(error)
    assert codes(failure("nonsense://h/x")) == ["unknown_database"]
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    assert codes(failure(url)) == ["needs_extra"]


class Engine:
    """Stands for the engine of a server that nobody reaches."""

    def __init__(self, url: Any) -> None:
        self.url = url
        self.closed = False

    def connect(self) -> Any:
        """Fail as a driver does, with the password in its words."""
        words = f'connection to "h" failed: timeout (password={SECRET})\nmore'
        raise sqlalchemy.exc.OperationalError("SELECT", {}, Exception(words))

    def dispose(self) -> None:
        """Note that the connection was given back."""
        self.closed = True


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> list[Engine]:
    """Let no address be opened; give the engines that were asked for."""
    made: list[Engine] = []

    def create(url: Any, **_: Any) -> Engine:
        made.append(Engine(url))
        return made[-1]

    monkeypatch.setattr(sqlalchemy, "create_engine", create)
    return made


@pytest.mark.parametrize(
    ("scheme", "driver"),
    [
        ("postgresql", "postgresql+psycopg"), ("postgres", "postgresql+psycopg"),
        ("postgis", "postgresql+psycopg"), ("mysql", "mysql+pymysql"),
        ("postgresql+psycopg2", "postgresql+psycopg2"),
        ("oracle", "oracle+oracledb"),
    ],
)  # fmt: skip
def test_an_unreachable_server(engines: list[Engine], scheme: str, driver: str) -> None:
    """The address reaches the driver whole but for `table`; no secret comes back."""
    quoted = quote(SECRET, safe="")
    url = f"{scheme}://clerk:{quoted}@h:5432/pipes?table=gas.pipe&sslmode=disable"
    error = failure(url)
    assert codes(error) == ["database_unreachable"]
    assert SECRET not in str(error)
    assert quoted not in str(error)
    assert "timeout" in error.messages[0].params["detail"]
    assert "more" not in error.messages[0].params["detail"]
    (engine,) = engines
    assert engine.closed
    assert engine.url.drivername == driver
    assert engine.url.password == SECRET
    assert (engine.url.host, engine.url.port, engine.url.database) == (
        "h", 5432, "pipes"
    )  # fmt: skip
    assert dict(engine.url.query) == {"sslmode": "disable"}


@pytest.mark.parametrize(
    ("scheme", "command"),
    [
        ("postgresql", 'pip install "psycopg[binary]"'),
        ("postgis", 'pip install "psycopg[binary]"'),
        ("postgresql+psycopg2", 'pip install "psycopg2-binary"'),
        ("mysql", 'pip install "pymysql"'),
        ("mssql", 'pip install "pyodbc"'),
        ("oracle", 'pip install "oracledb"'),
    ],
)
def test_a_missing_driver(
    monkeypatch: pytest.MonkeyPatch, scheme: str, command: str
) -> None:
    """What has to be installed is the driver that the address is opened with."""
    drivers = ("psycopg", "psycopg2", "pymysql", "pyodbc", "oracledb")
    for name in drivers:
        monkeypatch.setitem(sys.modules, name, None)
    error = failure(f"{scheme}://h/x")
    assert codes(error) == ["needs_driver"]
    assert error.messages[0].params["command"] == command
    for lang in ("zh", "en"):
        assert command in render(error.messages[0], lang)


@pytest.mark.parametrize("url", ["http://h/gas.csv", "https://h/x", "dm://h/x"])
def test_addresses_of_something_else(url: str) -> None:
    """No package is proposed for what is no database that is known here."""
    error = failure(url)
    assert codes(error) == ["unknown_database"]
    assert "postgresql://" in error.messages[0].params["known"]


class Connection:
    """Answers as PostGIS does: one table with a geometry column."""

    def __init__(self, srids: list[int]) -> None:
        self.asked: list[str] = []
        self.srids = srids
        self.dialect = sqlalchemy.dialects.postgresql.dialect()

    def execution_options(self, **_: Any) -> Connection:
        """Take them all."""
        return self

    def execute(self, query: Any, given: Any = None) -> Any:
        """Answer by what the query asks for."""
        self.asked.append(str(query))
        if "information_schema" in str(query):
            assert given == {"name": "gas_pipe", "schema": "net"}
            return [("geom",)]
        answer = SimpleNamespace()
        answer.fetchall = lambda: [(srid,) for srid in self.srids]
        rows = [("A1", 12.5, shapely.to_wkb(LINE)), ("A2", None, None)]
        answer.partitions = lambda _: iter([rows])
        return answer


LINE = shapely.linestrings([(500000.0, 4590000.0), (500100.0, 4590000.0)])


@pytest.mark.parametrize(("srids", "crs"), [([4546], "EPSG:4546"), ([4546, 0], "")])
def test_a_postgis_table(
    monkeypatch: pytest.MonkeyPatch, srids: list[int], crs: str
) -> None:
    """Shapes come as WKB beside the columns, with the one system that they have."""
    names = [{"name": name} for name in ("管线编号", "管长", "geom")]
    inspector = SimpleNamespace(get_columns=lambda name, schema: names)
    monkeypatch.setattr(sqlalchemy, "inspect", lambda _: inspector)
    connection = Connection(srids)
    place = _Place("gas_pipe", "net", "net.gas_pipe")
    table = _table(sqlalchemy, connection, place, "postgresql://h/x")
    assert cells(table) == [["管线编号", "管长"], ["A1", "12.5"], ["A2", ""]]
    assert table.geometry is not None
    assert table.geometry.crs == crs
    assert table.geometry.wkb.tolist() == [None, shapely.to_wkb(LINE), None]
    assert "ST_AsBinary(geom) FROM net.gas_pipe" in connection.asked[-1]


def test_what_an_address_is() -> None:
    """Paths are paths, on every system."""
    assert is_url("sqlite:///x.db")
    assert is_url("postgresql+psycopg://h/d")
    assert not is_url("C://x.csv")
    assert not is_url("folder/x.csv")
