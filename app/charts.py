"""Charts: one look, numbers as axis labels, every word handed in by the view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

CLASS_COLOURS = {
    "gas_pipe": "#D98E04",
    "heating_pipe": "#C0392B",
    "water_pipe": "#2874A6",
    "waterlogging_point": "#148F77",
    "residential_compound": "#7D5BA6",
}
OTHER_COLOURS = ("#5D6D7E", "#A04000", "#1F618D", "#7D6608", "#943126")
FUND_COLOURS = {
    "local_fiscal": ("#1F4E78", "#34699A"),
    "central_budget": ("#5B9BD5", "#8DB9E2"),
    "provincial_grant": ("#76B7C4",),
    "special_bond": ("#C0392B", "#D98880"),
    "ultra_long_treasury": ("#922B21",),
    "bank_loan": ("#D98E04", "#F0B95B"),
    "operator_fund": ("#148F77", "#58B09C", "#A3D5C8", "#0B5345"),
    "resident_fund": ("#7D5BA6",),
}
GRADE_COLOURS = ("#DCEBD9", "#F6EFB9", "#F9D59A", "#EFA07A", "#D9655B")
"""Grades 1 to 5 of the risk matrix."""
QUIET, STRONG = "#C3CAD2", "#1F4E78"


def class_colours(names: Sequence[str]) -> dict[str, str]:
    """Give every asset class its colour."""
    spare = iter(OTHER_COLOURS * (1 + len(names) // len(OTHER_COLOURS)))
    return {name: CLASS_COLOURS.get(name) or next(spare) for name in names}


def fund_colours(kinds: Mapping[str, str]) -> dict[str, str]:
    """Give every fund a colour by its kind, shades within a kind."""
    used: dict[str, int] = {}
    found = {}
    for fund, kind in kinds.items():
        shades = FUND_COLOURS.get(kind, OTHER_COLOURS)
        found[fund] = shades[used.get(kind, 0) % len(shades)]
        used[kind] = used.get(kind, 0) + 1
    return found


def _scale(colours: Mapping[str, str]) -> alt.Scale:
    return alt.Scale(domain=list(colours), range=list(colours.values()))


def _year(title: str = "") -> alt.X:
    return alt.X("year:O", title=title or None, axis=alt.Axis(labelAngle=0))


def stacked(
    frame: pd.DataFrame,
    by: str,
    value: str,
    colours: Mapping[str, str],
    titles: Mapping[str, str],
    form: str = ",.0f",
    height: int = 300,
    columns: int = 4,
) -> alt.Chart:
    """Stack `value` by year (column `year`), coloured by the words in column `by`."""
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_bar(size=46)
        .encode(
            x=_year(),
            y=alt.Y(f"sum({value}):Q", title=titles[value], axis=alt.Axis(format=form)),
            color=alt.Color(
                f"{by}:N",
                scale=_scale(colours),
                legend=alt.Legend(
                    title=None, labelLimit=0, orient="top", columns=columns
                ),
            ),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("year:O", title=titles["year"]),
                alt.Tooltip(f"{by}:N", title=titles[by]),
                alt.Tooltip(f"sum({value}):Q", title=titles[value], format=form),
            ],
        )
        .properties(height=height)
    )
    return chart


def with_order(frame: pd.DataFrame, by: str, names: Sequence[str]) -> pd.DataFrame:
    """Put a number to the words of a column: bars stack in the order of the legend."""
    order = {name: number for number, name in enumerate(names)}
    return frame.assign(order=frame[by].map(order))


def ticks(
    frame: pd.DataFrame, value: str, titles: Mapping[str, str], size: int = 58
) -> alt.Chart:
    """Mark a limit per year as a dark line across its bar."""
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_tick(color="#111111", thickness=2, size=size)
        .encode(
            x=_year(),
            y=alt.Y(f"{value}:Q"),
            tooltip=[
                alt.Tooltip("year:O", title=titles["year"]),
                alt.Tooltip(f"{value}:Q", title=titles[value], format=",.1f"),
            ],
        )
    )
    return chart


def gantt(
    frame: pd.DataFrame, colours: Mapping[str, str], titles: Mapping[str, str]
) -> alt.Chart:
    """Draw one row per `row` and a block per year of works, coloured by `class`."""
    rows = list(dict.fromkeys(frame["row"]))
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_rect(cornerRadius=2, stroke="white", strokeWidth=1)
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(orient="top", labelAngle=0)),
            y=alt.Y(
                "row:N",
                sort=rows,
                title=None,
                axis=alt.Axis(
                    labelLimit=340,
                    labelOverlap=False,
                    labelFlush=False,
                    domain=False,
                    ticks=False,
                ),
            ),
            color=alt.Color(
                "class:N",
                scale=_scale(colours),
                legend=alt.Legend(title=None, orient="top", labelLimit=0),
            ),
            tooltip=[
                alt.Tooltip("row:N", title=titles["name"]),
                alt.Tooltip("class:N", title=titles["class"]),
                alt.Tooltip("year:O", title=titles["year"]),
                alt.Tooltip("count:Q", title=titles["count"], format=",.0f"),
                alt.Tooltip("cost:Q", title=titles["cost"], format=",.1f"),
            ],
        )
        .properties(height=185 + 21 * len(rows))
    )
    return chart


def matrix(cells: pd.DataFrame, titles: Mapping[str, str]) -> alt.LayerChart:
    """Draw the 5×5 matrix: columns `lof_grade`, `cof_grade`, `grade`, `count`."""
    base = alt.Chart(cells).encode(
        x=alt.X("lof_grade:O", title=titles["lof_grade"], axis=alt.Axis(labelAngle=0)),
        y=alt.Y("cof_grade:O", title=titles["cof_grade"], sort="descending"),
    )
    field = base.mark_rect(stroke="white", strokeWidth=2).encode(
        color=alt.Color(
            "grade:O",
            scale=alt.Scale(domain=[1, 2, 3, 4, 5], range=list(GRADE_COLOURS)),
            legend=alt.Legend(title=titles["grade"], orient="bottom"),
        ),
        tooltip=[
            alt.Tooltip("lof_grade:O", title=titles["lof_grade"]),
            alt.Tooltip("cof_grade:O", title=titles["cof_grade"]),
            alt.Tooltip("count:Q", title=titles["count"], format=",.0f"),
        ],
    )
    text = base.mark_text(fontSize=15, color="#1F2933").encode(
        text=alt.condition(
            "datum.count > 0", alt.Text("count:Q", format=",.0f"), alt.value("")
        )
    )
    drawn: alt.LayerChart = (field + text).properties(height=400)
    return drawn


def bars(
    frame: pd.DataFrame,
    colours: Mapping[str, str],
    titles: Mapping[str, str],
    form: str,
    *,
    legend: bool = True,
) -> alt.Chart:
    """Draw lying bars: a row per `row`, stacked by the words in `part`."""
    rows = list(dict.fromkeys(frame["row"]))
    order = {name: number for number, name in enumerate(colours)}
    chart: alt.Chart = (
        alt.Chart(frame.assign(order=frame["part"].map(order)))
        .mark_bar(size=20)
        .encode(
            y=alt.Y(
                "row:N",
                sort=rows,
                title=None,
                axis=alt.Axis(labelLimit=260, labelOverlap=False),
            ),
            x=alt.X("value:Q", title=titles["value"], axis=alt.Axis(format=form)),
            color=alt.Color(
                "part:N",
                scale=_scale(colours),
                legend=alt.Legend(title=None, orient="top", labelLimit=0)
                if legend
                else None,
            ),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("row:N", title=titles["row"]),
                alt.Tooltip("part:N", title=titles["part"]),
                alt.Tooltip("value:Q", title=titles["value"], format=form),
            ],
        )
        .properties(height=(170 if legend else 110) + 34 * len(rows))
    )
    return chart
