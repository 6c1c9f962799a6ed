"""The columns of an asset class: kinds, bounds, headers and codes."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from renewopt.catalogue.base import Frozen, Text

ColumnKind = Literal["text", "number", "integer", "year", "choice", "flag", "date"]
NUMERIC_KINDS = ("number", "integer", "year")


class Names(Frozen):
    """Headers by which a column is recognised; the first one is the usual one."""

    zh: tuple[str, ...] = Field(min_length=1)
    en: tuple[str, ...] = Field(min_length=1)

    def all(self) -> tuple[str, ...]:
        """List the Chinese and then the English names."""
        return (*self.zh, *self.en)


class Choice(Names):
    """One code of a column and the words for it; the first word is its label.

    Attributes
    ----------
    code
        What our tables hold.
    asked
        Whether rows with it hardly belong into the table, so that they are asked about.
    """

    code: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_]*$")
    asked: bool = False

    def words(self) -> set[str]:
        """Give every word for the code, and itself, without regard to case."""
        return {word.casefold() for word in (*self.all(), self.code)}


class Either(Frozen):
    """Words that name several codes at once: 中压 is 中压A or 中压B.

    Attributes
    ----------
    words
        The words, Chinese and English.
    codes
        The codes that they may mean; the first counts until somebody says which.
    source
        Why that one counts.
    """

    words: tuple[str, ...] = Field(min_length=1)
    codes: tuple[str, ...] = Field(min_length=2)
    source: str = Field(min_length=1)


class Phrase(Frozen):
    """Words that stand for a number, such as 及膝 (knee-deep), and what they mean.

    Attributes
    ----------
    words
        The words, Chinese and English.
    low, mid, high
        Least, likely and greatest number that the words may mean.
    source
        Where the numbers come from.
    """

    words: tuple[str, ...] = Field(min_length=1)
    low: float
    mid: float
    high: float
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low <= self.mid <= self.high:
            raise ValueError("low, mid and high are not in order")
        return self


class Band(Frozen):
    """Numbers that stand for one code of a column.

    Attributes
    ----------
    least, over
        Lower end, itself inside (`least`) or outside (`over`); one of the two.
    most
        Upper end, itself inside.
    """

    code: str
    least: float | None = None
    over: float | None = None
    most: float

    @model_validator(mode="after")
    def _one_lower_end(self) -> Self:
        lower = [end for end in (self.least, self.over) if end is not None]
        if len(lower) != 1 or lower[0] >= self.most:
            raise ValueError("give least or over, and a most above it")
        return self

    def holds(self, value: float) -> bool:
        """Tell whether a number lies in the band."""
        low = value > self.over if self.over is not None else value >= (self.least or 0)
        return low and value <= self.most


class Bands(Frozen):
    """Numbers that tell the code of a column: a pressure, its level.

    Attributes
    ----------
    unit
        Unit of the ends.
    told_by
        Columns of numbers that tell the code.
    at_least
        Columns of numbers that tell no lower code than the true one.
    band
        From the lowest to the highest; a number in two of them tells neither.
    source
        Where the ends come from.
    """

    unit: str
    told_by: tuple[str, ...] = ()
    at_least: tuple[str, ...] = ()
    band: tuple[Band, ...] = Field(min_length=1)
    source: str = Field(min_length=1)

    def codes_of(self, value: float) -> tuple[str, ...]:
        """List the codes whose bands hold a number, the lowest first."""
        return tuple(band.code for band in self.band if band.holds(value))


class ColumnSpec(Frozen):
    """One column of an asset table.

    Attributes
    ----------
    name
        Canonical name, the same in every table of ours.
    kind
        What a cell may hold; `choice` needs `choices`.
    required, unique
        Whether a row without a value, or with one that occurs before, is rejected.
    unit
        Unit of the numbers, such as `m`.
    min, max
        Least and greatest number, both inclusive.
    headers
        Names under which bureaus keep the column.
    ages
        Further headers, under which a column of years holds ages instead.
    akin
        Headers of what hints at the column but cannot be read as it: asked about.
    bands
        Numbers that tell the code of a choice, in its own cells or in other columns.
    either
        Words that name several codes of a choice at once: asked about.
    stated_with
        Column of amounts whose header may say the code: 单管长度 is a length.
    past
        Whether a year or day after the as-of year is a mistake.
    deadline
        Whether a year is the last one allowed: `2027年底前` is 2027, not before it.
    outside
        Further headers, under which a column of pipe sizes holds outside diameters.
    with_unit
        Further headers that count only with a unit in them: 居民 may be a number of
        people, 居民(万元) is money.
    usual
        Where the median of a whole column lies; outside, its unit is in question.
    notation
        `pipe_size`: DN, de, Φ219×6, 300×400 and the like are understood.
    phrases
        Words that stand for a number.
    fills_down
        Whether a merged or grouped label holds for the rows below it.
    undated
        Whether it counts things of years that nobody states, which is noted.
    ours
        Whether the product fills it in; templates leave it out.
    worst_of
        Choices of the same codes, the best first, of which the worst tells this one
        where a row states none.
    doc
        What it means, for templates and screens.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: ColumnKind
    required: bool = False
    unique: bool = False
    unit: str = ""
    min: float | None = None
    max: float | None = None
    headers: Names
    ages: tuple[str, ...] = ()
    akin: tuple[str, ...] = ()
    bands: Bands | None = None
    either: tuple[Either, ...] = ()
    stated_with: str = ""
    past: bool = False
    deadline: bool = False
    outside: tuple[str, ...] = ()
    with_unit: tuple[str, ...] = ()
    usual: tuple[float, float] | None = None
    notation: Literal["", "pipe_size"] = ""
    phrases: tuple[Phrase, ...] = ()
    fills_down: bool = False
    undated: bool = False
    ours: bool = False
    choices: tuple[Choice, ...] = ()
    worst_of: tuple[str, ...] = ()
    doc: Text

    @model_validator(mode="after")
    def _fits_more(self) -> Self:
        if self.with_unit and (self.kind not in {"number", "integer"} or not self.unit):
            raise ValueError("with_unit belongs to numbers with a unit")
        if self.worst_of and self.kind != "choice":
            raise ValueError("worst_of belongs to choices")
        return self

    @model_validator(mode="after")
    def _fits_reading(self) -> Self:
        if self.ages and self.kind != "year":
            raise ValueError("ages belong to a column of years")
        if self.deadline and (self.kind != "year" or self.past):
            raise ValueError("deadline belongs to years that are not past")
        if self.outside and not self.notation:
            raise ValueError("outside belongs to pipe sizes")
        if self.past and self.kind not in {"year", "date"}:
            raise ValueError("past belongs to years and dates")
        if (self.usual or self.notation or self.phrases) and (
            self.kind not in {"number", "integer"}
        ):
            raise ValueError("usual, notation and phrases belong to numbers")
        if self.fills_down and self.kind != "text":
            raise ValueError("only text fills down")
        if (self.stated_with or self.bands) and self.kind != "choice":
            raise ValueError("stated_with and bands belong to choices")
        banded = {band.code for band in self.bands.band} if self.bands else set()
        banded |= {code for item in self.either for code in item.codes}
        if not banded <= set(self.codes()):
            raise ValueError("bands or either have a code that is none of the choices")
        return self

    @model_validator(mode="after")
    def _fits_kind(self) -> Self:
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError('choices belong to kind = "choice", and only to it')
        if self.kind not in NUMERIC_KINDS and (self.min, self.max) != (None, None):
            raise ValueError("min and max belong to numbers")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min is greater than max")
        words = [word for c in self.choices for word in c.words()]
        words += [word.casefold() for item in self.either for word in item.words]
        twice = sorted({word for word in words if words.count(word) > 1})
        if twice:
            raise ValueError(f"words that mean two choices: {', '.join(twice)}")
        return self

    def __hash__(self) -> int:
        """Give a quick hash: headers are looked up by the columns of a table."""
        return hash((self.name, self.kind, self.unit, self.headers.zh[:1]))

    @property
    def number_unit(self) -> str:
        """Give the unit of the numbers that its cells may hold."""
        return self.bands.unit if self.bands is not None else self.unit

    def codes(self) -> tuple[str, ...]:
        """List the codes that a cell may hold (none: not a choice)."""
        return tuple(choice.code for choice in self.choices)


class ColumnSet(Frozen):
    """Columns that several asset classes share (`asset_classes/_common.toml`)."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    column: tuple[ColumnSpec, ...] = Field(min_length=1)


class CommonColumns(Frozen):
    """The file `asset_classes/_common.toml`."""

    set: tuple[ColumnSet, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        ids = [s.id for s in self.set]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"sets that occur twice: {', '.join(twice)}")
        return self
