"""Workbooks that are made to burst, and big ones that are not."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from renewopt.core.errors import InputError
from renewopt.inventory.readers import bombs, read_raw
from renewopt.inventory.readers.zipped import sheet_facts
from renewopt.text import Lang, render
from tests.inventory.readers.making import xlsx

BURST = b" " * (4 << 20)


def packed(**members: bytes) -> bytes:
    """Pack members into an archive; `__` in a name is a slash."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return data.getvalue()


def refused(path: Path) -> tuple[str, str]:
    """Give the code with which a file is refused, and the member that it names."""
    with pytest.raises(InputError) as error:
        read_raw(path)
    (said,) = error.value.messages
    langs: tuple[Lang, ...] = ("zh", "en")
    for lang in langs:
        assert path.name in render(said, lang)
    return said.code.removeprefix("inventory."), str(said.params.get("member", ""))


@pytest.mark.parametrize("honest", [True, False])
def test_a_small_bomb_is_known_by_its_ratio(tmp_path: Path, honest: bool) -> None:
    """4 MiB from 4 KiB are refused far below the limit, whatever is declared."""
    data = packed(**{"xl__workbook.xml": b"<workbook/>", "xl__sheet1.xml": BURST})
    if not honest:
        size = len(BURST).to_bytes(4, "little")
        assert data.count(size) == 2
        data = data.replace(size, (1000).to_bytes(4, "little"))
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    assert refused(path) == ("zip_ratio", "*" if honest else "xl/sheet1.xml")


def test_a_bomb_among_much_that_does_not_shrink(tmp_path: Path) -> None:
    """The ratio of each member counts, not only that of the file."""
    path = tmp_path / "a.xlsx"
    noise = bytes(range(256)) * 200
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/media/a.png", noise, zipfile.ZIP_STORED)
        archive.writestr("xl/worksheets/sheet1.xml", BURST)
    assert refused(path) == ("zip_ratio", "xl/worksheets/sheet1.xml")


def test_a_bomb_inside_an_embedded_archive(tmp_path: Path) -> None:
    """An archive in the workbook is judged too, and one inside of that."""
    for depth in (1, 2):
        inner = packed(**{"word__document.xml": BURST})
        for _ in range(depth - 1):
            inner = packed(inner_zip=inner)
        path = tmp_path / f"{depth}.xlsx"
        path.write_bytes(
            packed(**{"xl__workbook.xml": b"<workbook/>", "xl__embeddings__a": inner})
        )
        code, member = refused(path)
        assert code == "zip_ratio"
        assert member.startswith("xl/embeddings/a")


def test_archives_within_archives(tmp_path: Path) -> None:
    """More of them than a document can need are refused without being unpacked."""
    inner = packed(a=b"x")
    for _ in range(bombs.DEEPEST):
        inner = packed(inner_zip=inner)
    path = tmp_path / "a.xlsx"
    path.write_bytes(packed(**{"xl__workbook.xml": b"<workbook/>", "x": inner}))
    assert refused(path)[0] == "zip_nested"


def test_members_that_lie_over_each_other(tmp_path: Path) -> None:
    """Many entries that name the same bytes unpack to more than the file can hold."""
    data = packed(**{"xl__workbook.xml": b"<workbook/>", "b": bytes(1 << 18) * 2})
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    with zipfile.ZipFile(path) as archive:
        items = archive.infolist()
        item = items[1]
        archive.filelist = [*items, *([item] * 400)]
        meter = bombs.Meter(path)
        with pytest.raises(InputError) as error:
            meter.declared(archive, len(data))
    assert error.value.messages[0].code == "inventory.zip_ratio"


def test_an_ordinary_big_workbook_is_read(tmp_path: Path) -> None:
    """Thirty thousand rows that are all alike, with a workbook embedded in it."""
    rows = [
        ["管线编号", "管长(m)", "材质"],
        *([f"G{i}", 5, "PE"] for i in range(30_000)),
    ]
    path = xlsx(tmp_path / "a.xlsx", {"Sheet1": rows})
    small = xlsx(tmp_path / "b.xlsx", {"Sheet1": rows[:50]}).read_bytes()
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/embeddings/b.xlsx", small)
    (table,) = read_raw(path)
    assert len(table.grid) == len(rows)
    assert sheet_facts(path)["Sheet1"].rows == len(rows)
