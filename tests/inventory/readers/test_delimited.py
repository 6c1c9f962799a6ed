"""Delimited text: encodings, separators, quotes and lines of the wrong length."""

from __future__ import annotations

from pathlib import Path

import pytest

from renewopt.core.errors import InputError
from renewopt.inventory.raw import RawTable
from renewopt.inventory.readers import read_raw
from tests.inventory.readers.making import cells, codes

TEXT = "管线编号,管长(m),管材\nA1,12.5,球墨铸铁\nA2,,PE\n"
GRID = [["管线编号", "管长(m)", "管材"], ["A1", "12.5", "球墨铸铁"], ["A2", "", "PE"]]


def read(path: Path, data: bytes | str) -> RawTable:
    """Write and read one file."""
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    (table,) = read_raw(path)
    return table


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (TEXT.encode("utf-8"), []),
        (TEXT.encode("utf-8-sig"), []),
        (TEXT.encode("gb18030"), ["encoding"]),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), ["encoding"]),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), ["encoding"]),
        (TEXT.encode("utf-16-le"), ["encoding"]),
        (TEXT.encode("utf-16-be"), ["encoding"]),
        (TEXT.replace("\n", "\r\n").encode(), []),
        (TEXT.replace("\n", "\r").encode(), []),
        ((TEXT + "\x1a").encode(), []),
    ],
)
def test_encodings_and_line_ends(tmp_path: Path, data: bytes, said: list[str]) -> None:
    """Every encoding and line end gives the same cells; what is unusual is said."""
    table = read(tmp_path / "a.csv", data)
    assert cells(table) == GRID
    assert codes(table) == said
    assert (table.grid.dtypes == "str").all()


def test_mixed_line_ends(tmp_path: Path) -> None:
    """Line ends of three kinds in one file are all line ends."""
    table = read(tmp_path / "a.csv", "a,b\r\n1,2\r3,4\n5,6")
    assert cells(table) == [["a", "b"], ["1", "2"], ["3", "4"], ["5", "6"]]


def test_other_breaks_are_text(tmp_path: Path) -> None:
    """Characters that Python takes for line ends stay inside their cell."""
    table = read(tmp_path / "a.csv", "a,b\n1,\u2028x\x85\n")
    assert cells(table)[1] == ["1", "\u2028x\x85"]


@pytest.mark.parametrize("split", [",", "\t", ";", "、", "，", "|"])
def test_separators(tmp_path: Path, split: str) -> None:
    """Six separators are recognised; any but the usual one is said."""
    table = read(tmp_path / "a.csv", TEXT.replace(",", split))
    assert cells(table) == GRID
    assert codes(table) == ([] if split == "," else ["delimiter"])


def test_tabs_are_usual_in_tsv(tmp_path: Path) -> None:
    """A .tsv file with tabs needs no note."""
    assert codes(read(tmp_path / "a.tsv", TEXT.replace(",", "\t"))) == []


def test_separator_inside_texts_is_no_separator(tmp_path: Path) -> None:
    """Lists in a cell do not make the file a list."""
    rows = "".join(f"A{i},给水、雨水、污水\n" for i in range(9))
    table = read(tmp_path / "a.csv", "编号,管线\n" + rows)
    assert cells(table)[1] == ["A0", "给水、雨水、污水"]


def test_quotes(tmp_path: Path) -> None:
    """Quoted cells hold separators, quotes and line ends; stray quotes are text."""
    table = read(tmp_path / "a.csv", 'a,b\n"1,5","say ""hi"""\n"x\ny",5" pipe\n')
    assert cells(table)[1:] == [["1,5", 'say "hi"'], ["x\ny", '5" pipe']]
    assert codes(table) == []


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('a,b,c\n1,2,3\n4,"5,6\n7,8,9\n', {3}),
        ('a,b,c\n1,2,3\n4,"5,6\n7,"8,9\n10,11,12\n', {3, 4}),
        ('a,b,c\n1,2,3\n4,5,"6\n', {3}),
        ('a,b,c\n4,"5,6\n7,8",9\n1,2,3\n', {2}),
    ],
)
def test_a_quote_that_stays_open_costs_its_line(
    tmp_path: Path, text: str, rows: set[int]
) -> None:
    """The line is rejected and named, no other line is swallowed."""
    table = read(tmp_path / "a.csv", text)
    found = [i for i in table.issues if i.code == "inventory.open_quote"]
    assert {i.row for i in found} == rows
    assert {i.severity for i in found} == {"rejected"}
    lines = text.splitlines()
    assert all(i.raw == lines[i.row - 1] for i in found)
    assert len(table.grid) == len(lines)
    kept = [line for n, line in enumerate(lines, 1) if n not in rows]
    assert sum(any(row) for row in cells(table)) == len(kept)


def test_rows_of_the_wrong_length(tmp_path: Path) -> None:
    """Too many cells reject a row, too few question it; titles are no rows."""
    text = "某县台账\n编号,管长,管材\nA1,1,PE\nA2,2\n\nA3,3,PE,多\nA4,4,PE,,\n合计\n"
    table = read(tmp_path / "a.csv", text)
    assert [(i.code.split(".")[1], i.row, i.severity) for i in table.issues] == [
        ("too_few_cells", 4, "questioned"),
        ("too_many_cells", 6, "rejected"),
    ]
    assert cells(table)[3][:3] == ["A2", "2", ""]
    assert cells(table)[7][0] == "合计"


def test_rows_whose_empty_ends_were_cut_are_asked_about_once(tmp_path: Path) -> None:
    """Many short rows are the way of an export: one question; few are one each."""
    full = "".join(f"A{i},{i},PE,好\n" for i in range(20))
    short = "".join(f"B{i},{i}\n" for i in range(12))
    table = read(tmp_path / "a.csv", f"编号,管长,管材,备注\n{full}{short}")
    assert codes(table) == ["rows_cut"]
    assert (table.issues[0].severity, table.issues[0].params["rows"]) == (
        "questioned", 12,
    )  # fmt: skip
    few = "".join(short.splitlines(keepends=True)[:3])
    table = read(tmp_path / "b.csv", f"编号,管长,管材,备注\n{full}{few}")
    assert codes(table) == ["too_few_cells"] * 3


def test_a_header_wider_than_its_rows_keeps_its_width(tmp_path: Path) -> None:
    """Rows whose last cells were cut do not make the full ones too long."""
    rows = "".join(f"A{i},{i}\n" for i in range(30))
    table = read(tmp_path / "a.csv", f"编号,管长,管材,备注\n{rows}B,1,PE,好\n")
    assert cells(table)[31] == ["B", "1", "PE", "好"]
    assert "too_many_cells" not in codes(table)


def test_titles_of_one_cell_do_not_make_the_width(tmp_path: Path) -> None:
    """A dozen lines of instructions above the header leave its width alone."""
    titles = "".join(f"{n}.请按实际情况填写\n" for n in range(1, 13))
    table = read(tmp_path / "a.csv", f"{titles}编号,管长,管材\nA1,1,PE\nA2,2,钢\n")
    assert cells(table)[13:] == [["A1", "1", "PE"], ["A2", "2", "钢"]]
    assert codes(table) == []


def test_a_regular_file_with_blank_lines_keeps_its_numbers(tmp_path: Path) -> None:
    """Blank lines in the middle stay rows, so that later rows keep their numbers."""
    rows = "".join(f"A{i},{i}\n" for i in range(40))
    table = read(tmp_path / "a.csv", f"编号,管长\n{rows}\n\nB,1\n")
    assert cells(table)[43] == ["B", "1"]
    assert cells(table)[41] == ["", ""]


def test_control_characters_are_taken_out_and_said(tmp_path: Path) -> None:
    """NUL bytes and the like never reach a cell; each cell is questioned."""
    table = read(tmp_path / "a.csv", "a,b\nA\x001,x\nA2,y\x07\n")
    assert cells(table)[1:] == [["A1", "x"], ["A2", "y"]]
    assert [(i.row, i.params["position"], i.raw, i.parsed) for i in table.issues] == [
        (2, 1, "A\x001", "A1"),
        (3, 2, "y\x07", "y"),
    ]


def test_one_broken_byte_does_not_change_the_encoding(tmp_path: Path) -> None:
    """Damaged UTF-8 stays UTF-8; the cell with the broken character is questioned."""
    text = "编号,路名\n" + "".join(f"A{i},人民路建设街胜利街\n" for i in range(20))
    data = bytearray(text.encode())
    data[-3] = 0xFF
    table = read(tmp_path / "a.csv", bytes(data))
    assert cells(table)[1] == ["A0", "人民路建设街胜利街"]
    assert [(i.code.split(".")[1], i.row) for i in table.issues] == [
        ("broken_text", 21)
    ]


def test_another_encoding_is_doubted(tmp_path: Path) -> None:
    """Big5 that happens to be valid GB18030 is questioned, with a hint."""
    rows = "".join(f"A{i},臺灣電力公司營業處變電所管線\n" for i in range(30))
    table = read(tmp_path / "a.csv", ("編號,單位\n" + rows).encode("big5"))
    assert codes(table)[0] == "encoding_doubt"
    assert table.issues[0].severity == "questioned"


def test_no_encoding_fits(tmp_path: Path) -> None:
    """Bytes of no known encoding are refused with the hint of charset-normalizer."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xff\x80" * 50)
    with pytest.raises(InputError) as error:
        read_raw(path)
    assert codes(error.value) == ["unknown_encoding"]
    assert error.value.messages[0].params["hint"]


def test_very_long_cells(tmp_path: Path) -> None:
    """A cell may be longer than the limit of Python's reader."""
    long = "长" * 300_000
    table = read(tmp_path / "a.csv", f'编号,备注\nA1,"{long}"\nA2,5" {long}\n')
    assert [row[1][-300_000:] == long for row in cells(table)[1:]] == [True, True]


def test_formulas_are_text(tmp_path: Path) -> None:
    """A name that would be a formula elsewhere is the text that it is."""
    name = "=cmd|' /C calc'!A0"
    assert cells(read(tmp_path / "a.csv", f"编号,名称\nA1,{name}\n"))[1][1] == name


def test_blank_files(tmp_path: Path) -> None:
    """A file of blanks is empty."""
    for data in ("", " \n\n", "\ufeff"):
        path = tmp_path / "a.csv"
        path.write_text(data, "utf-8")
        with pytest.raises(InputError) as error:
            read_raw(path)
        assert codes(error.value) == ["empty_file"]


def test_no_header_and_columns_twice_are_read_as_they_stand(tmp_path: Path) -> None:
    """What the cells mean is not the reader's business."""
    assert cells(read(tmp_path / "a.csv", "1,2\n3,4\n")) == [["1", "2"], ["3", "4"]]
    assert cells(read(tmp_path / "a.csv", "a,a\n3,4\n"))[0] == ["a", "a"]
