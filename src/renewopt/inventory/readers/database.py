"""Tables of a database by its address; no password leaves this module."""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from renewopt.core.errors import InputError, Message, message
from renewopt.inventory.raw import Geometry, RawTable
from renewopt.inventory.readers.clean import clean_grid
from renewopt.inventory.readers.extras import need
from renewopt.inventory.readers.texts import text_column, value_text, with_names

_BATCH = 10_000
_OWN = frozenset(
    {"spatial_ref_sys", "geometry_columns", "geography_columns", "raster_columns"}
    | {"raster_overviews", "alembic_version"}
)
"""Tables that keep the database's own books."""
_USUAL = {
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "postgis": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "mssql": "mssql+pyodbc",
    "oracle": "oracle+oracledb",
}
"""How an address that names no driver is opened."""
_PACKAGES = {"psycopg": "psycopg[binary]", "psycopg2": "psycopg2-binary"}
"""Packages of drivers that have another name."""
_KNOWN = ("postgresql", "sqlite", "mysql", "mariadb", "mssql", "oracle")


@dataclass(frozen=True)
class _Place:
    """One table and the name under which it is shown."""

    name: str
    schema: str | None
    shown: str


def shown_url(text: str) -> str:
    """Give an address without user, password and options."""
    head, _, tail = text.partition("://")
    rest = tail.partition("?")[0]
    host, slash, path = rest.rpartition("@")[2].partition("/")
    # A password with a "/" in it: whatever stands before the last "@" goes.
    return f"{head}://{host}{slash}{path}"


def read_database(text: str) -> list[RawTable]:
    """Read all tables and views of a database, or those named by `?table=`.

    Raises
    ------
    InputError
        Where the address is wrong, the driver is missing, the database cannot be
        reached, holds none of the tables, or goes away while it is read. Then nothing
        of it is used.
    """
    shown = shown_url(text)
    sqlalchemy = need("sqlalchemy", "sql", shown)
    url, wanted = _parsed(sqlalchemy, text, shown)
    engine = _engine(sqlalchemy, url, shown)
    tables: list[RawTable] = []
    place = ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", sqlalchemy.exc.SAWarning)
            with engine.connect() as connection:
                for item in _places(sqlalchemy, connection, wanted, shown):
                    place = item.shown
                    tables.append(_table(sqlalchemy, connection, item, shown))
    except (sqlalchemy.exc.SQLAlchemyError, OSError, sqlite3.Error) as error:
        raise _lost(error, shown, place, url) from None
    finally:
        engine.dispose()
    if not tables:
        raise InputError.of("inventory.empty_file", file=shown)
    return tables


def _parsed(sqlalchemy: Any, text: str, shown: str) -> tuple[Any, tuple[str, ...]]:
    """Take the address apart: what SQLAlchemy opens, and the tables asked for."""
    try:
        url = sqlalchemy.engine.make_url(text)
    except (sqlalchemy.exc.ArgumentError, ValueError):
        raise InputError.of("inventory.bad_url", file=shown) from None
    wanted = url.query.get("table", ())
    names = (wanted,) if isinstance(wanted, str) else tuple(wanted)
    url = url.difference_update_query(["table"])
    url = url.set(drivername=_USUAL.get(url.drivername, url.drivername))
    return url, tuple(part for name in names for part in name.split(",") if part)


def _engine(sqlalchemy: Any, url: Any, shown: str) -> Any:
    try:
        if url.get_backend_name() == "sqlite":
            path = Path(url.database or "")
            if not path.is_file():
                raise InputError.of("inventory.missing_file", file=shown)
            # Read only: a name that is not there must not become an empty database.
            address = f"file:{quote(str(path))}?mode=ro"
            return sqlalchemy.create_engine(
                "sqlite://",
                creator=lambda: sqlite3.connect(address, uri=True),
                poolclass=sqlalchemy.pool.NullPool,
            )
        return sqlalchemy.create_engine(url, poolclass=sqlalchemy.pool.NullPool)
    except (sqlalchemy.exc.NoSuchModuleError, ImportError):
        backend, _, driver = url.drivername.partition("+")
        if backend not in _KNOWN:
            known = ", ".join(f"{name}://" for name in _KNOWN)
            raise InputError.of(
                "inventory.unknown_database", file=shown, known=known
            ) from None
        package = _PACKAGES.get(driver, driver)
        raise InputError.of(
            "inventory.needs_driver", file=shown, command=f'pip install "{package}"'
        ) from None


def _places(
    sqlalchemy: Any, connection: Any, wanted: Sequence[str], shown: str
) -> Iterator[_Place]:
    """List the tables to read.

    Raises
    ------
    InputError
        With every table asked for that is not there.
    """
    inspector = sqlalchemy.inspect(connection)
    if not wanted:
        names = {*inspector.get_table_names(), *inspector.get_view_names()}
        for name in sorted(names - _OWN):
            if not name.startswith(("sqlite_", "gpkg_", "rtree_", "pg_")):
                yield _Place(name, None, name)
        return
    places, problems = [], list[Message]()
    for text in wanted:
        schema, _, name = text.rpartition(".")
        known = {
            *inspector.get_table_names(schema or None),
            *inspector.get_view_names(schema or None),
        }
        places.append(_Place(name, schema or None, text))
        if name not in known:
            listed = ", ".join(sorted(known - _OWN))
            problems.append(
                message("inventory.no_such_table", file=shown, table=text, known=listed)
            )
    if problems:
        raise InputError(*problems)
    yield from places


def _table(sqlalchemy: Any, connection: Any, place: _Place, shown: str) -> RawTable:
    """Read one table in batches: memory holds its texts once."""
    names = [
        column["name"]
        for column in sqlalchemy.inspect(connection).get_columns(
            place.name, schema=place.schema
        )
    ]
    shape, srid = _geometry_column(sqlalchemy, connection, place)
    quoted = connection.dialect.identifier_preparer.quote
    source = ".".join(quoted(p) for p in (place.schema, place.name) if p)
    fields = [quoted(name) for name in names if name != shape]
    if shape:
        fields.append(f"ST_AsBinary({quoted(shape)})")
    query = sqlalchemy.text(f"SELECT {', '.join(fields)} FROM {source}")
    plain = [name for name in names if name != shape]
    columns: list[list[str]] = [[] for _ in plain]
    shapes: list[bytes | None] = [None]
    result = connection.execution_options(yield_per=_BATCH).execute(query)
    for batch in result.partitions(_BATCH):
        values = list(zip(*batch, strict=True))
        for column, cells in zip(columns, values, strict=False):
            column += map(value_text, cells)
        if shape:
            shapes += [None if wkb is None else bytes(wkb) for wkb in values[-1]]
    grid = with_names(plain, [text_column(column) for column in columns])
    grid, issues = clean_grid(grid, shown, place.shown, 0)
    geometry = None
    if shape:
        wkb = np.empty(len(shapes), dtype=object)
        wkb[:] = shapes
        geometry = Geometry(wkb, f"EPSG:{srid}" if srid else "")
    return RawTable(
        shown, place.shown, place.name, grid, tuple(issues), first_row=0,
        geometry=geometry,
    )  # fmt: skip


def _geometry_column(
    sqlalchemy: Any, connection: Any, place: _Place
) -> tuple[str, int]:
    """Find the PostGIS column of a table and its SRID; ("", 0) where there is none."""
    if connection.dialect.name != "postgresql":
        return "", 0
    query = sqlalchemy.text(
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_name = :name AND table_schema = coalesce(:schema, "
        "current_schema()) AND udt_name IN ('geometry', 'geography') "
        "ORDER BY ordinal_position"
    )
    given = {"name": place.name, "schema": place.schema}
    names = [row[0] for row in connection.execute(query, given)]
    if not names:
        return "", 0
    quoted = connection.dialect.identifier_preparer.quote
    source = ".".join(quoted(p) for p in (place.schema, place.name) if p)
    column = quoted(names[0])
    found = connection.execute(
        sqlalchemy.text(
            f"SELECT DISTINCT ST_SRID({column}::geometry) FROM {source} "
            f"WHERE {column} IS NOT NULL LIMIT 2"
        )
    ).fetchall()
    return str(names[0]), int(found[0][0]) if len(found) == 1 else 0


def _lost(error: Exception, shown: str, place: str, url: Any) -> InputError:
    """Say that the database is gone or cannot be read, without any secret."""
    detail = str(getattr(error, "orig", None) or error).split("\n")[0]
    for secret in (url.password, quote(str(url.password or ""), safe="")):
        if secret:
            detail = detail.replace(str(secret), "***")

    if place:
        return InputError(
            message("inventory.database_lost", file=shown, table=place, detail=detail)
        )
    return InputError(
        message("inventory.database_unreachable", file=shown, detail=detail)
    )
