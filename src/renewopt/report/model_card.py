"""The card of a trained model: data, dates, features, scores, calibration, limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from renewopt.core.errors import message
from renewopt.risk.notes import worse_notes
from renewopt.text import Lang, label, render

MEASURES = (
    "top1_length", "top5_length", "top10_length", "top5_cost", "top5_never_failed",
    "top5_segment", "auc", "brier", "expected_seen",
)  # fmt: skip
LIMITS = ("survivors", "static", "trend", "short", "ageing")


def model_card(card: Mapping[str, Any], lang: Lang) -> str:
    """Write a model card as Markdown.

    Parameters
    ----------
    card
        What `renewopt.risk.train` puts together (`card.json`).
    """
    name = label(str(card["asset_class"]), lang)
    lines = [f"# {_say('card.title', lang, name=name, as_of=card['as_of'])}", ""]
    if card["synthetic"]:
        lines += [f"**{label('synthetic_note', lang)}**", ""]
    lines += [_verdict(card, lang), ""]
    for part in (_data, _features, _choice, _scores, _calibration, _limits):
        lines += [*part(card, lang), ""]
    return "\n".join(lines).rstrip() + "\n"


def _say(code: str, lang: Lang, **params: Any) -> str:
    return render(message(f"report.{code}", **params), lang)


def _verdict(card: Mapping[str, Any], lang: Lang) -> str:
    used, ties = str(card["use"]), list(card["ties"])
    if used != "model":
        return _say("card.other_used", lang, used=used)
    if ties:
        return _say("card.ties", lang, ties=ties)
    return _say("card.beats", lang)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def _data(card: Mapping[str, Any], lang: Lang) -> list[str]:
    rows = [
        [label(f"card.{key}", lang), _figure(key, value, lang)]
        for key, value in card["data"].items()
    ]
    sources = ", ".join(card["sources"])
    return [
        f"## {label('card.data', lang)}",
        "",
        f"{label('card.sources', lang)}: {sources}",
        "",
        *_table([label("card.figure", lang), label("card.value", lang)], rows),
    ]


def _figure(key: str, value: Any, lang: Lang) -> str:
    return (
        label(f"card.per.{value}", lang) if key == "exposure_unit" else _number(value)
    )


def _number(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return f"{value}"


def _features(card: Mapping[str, Any], lang: Lang) -> list[str]:
    rows = []
    for item in card["features"]:
        missing = "" if item["missing"] is None else f"{item['missing']:.1%}"
        rows.append([f"`{item['name']}`", ", ".join(item["codes"]), missing])
    head = [label(f"card.{key}", lang) for key in ("column", "codes", "missing")]
    lines = [f"## {label('card.features', lang)}", "", *_table(head, rows)]
    if card["constant"]:
        lines += ["", _say("card.constant", lang, columns=card["constant"])]
    refused = [name for name, date in card["overwritten"].items() if not date]
    if refused:
        lines += ["", _say("card.refused", lang, columns=refused)]
    return lines


def _choice(card: Mapping[str, Any], lang: Lang) -> list[str]:
    choice, level = card["choice"], card["calibration"]
    found = "trend_yes" if level["has_trend"] else "trend_no"
    said = _say("card.level_none", lang)
    if level["first_year"]:
        said = _say("card.level", lang, first=level["first_year"],
                    last=level["last_year"], trend=level["trend"],
                    sd=level["trend_sd"], found=found,
                    between=level["year_variance"] ** 0.5)  # fmt: skip
    return [
        f"## {label('card.choice', lang)}",
        "",
        _say("card.chosen", lang, trees=card["grown"], blend=choice["blend"],
             shape=choice["shape"], half_life=choice["half_life"]),
        "",
        said,
    ]  # fmt: skip


def _scores(card: Mapping[str, Any], lang: Lang) -> list[str]:
    lines = [f"## {label('card.scores', lang)}", ""]
    scores = card["scores"]
    if scores is None:
        return [*lines, _say("card.no_windows", lang)]
    cells = {(row["name"], row["measure"]): row for row in scores["measures"]}
    names = dict.fromkeys(row["name"] for row in scores["measures"])
    head = [label(f"backtest.{key}", lang) for key in ("name", *MEASURES)]
    rows = [
        [label(name, lang), *(_cell(cells[name, key], key) for key in MEASURES)]
        for name in names
    ]
    said = _say("card.windows", lang, windows=scores["windows"],
                horizon=scores["horizon"])  # fmt: skip
    worse = [render(told, lang) for told in worse_notes(scores["worse"])]
    noted = ["", *(f"- {line}" for line in worse)] if worse else []
    return [*lines, said, "", *_table(head, rows), *noted]


def _cell(row: Mapping[str, Any], measure: str) -> str:
    if row["value"] is None:
        return "–"
    shown = f"{row['value']:.{5 if measure == 'brier' else 3}f}"
    if row["low"] is None or row["high"] is None or measure == "brier":
        return shown
    return f"{shown} ({row['low']:.2f}–{row['high']:.2f})"


def _calibration(card: Mapping[str, Any], lang: Lang) -> list[str]:
    lines = [f"## {label('card.calibration', lang)}", ""]
    if card["scores"] is None:
        return [*lines, _say("card.no_windows", lang)]
    rows = [
        [f"≤ {row['share']:.0%}", f"{row['expected']:.1f}", f"{row['seen']:.0f}",
         f"{row['low']:.0f}–{row['high']:.0f}"]
        for row in card["scores"]["calibration"]
        if row["kind"] == "band"
    ]  # fmt: skip
    keys = ("backtest.band", "backtest.expected", "backtest.seen", "card.interval")
    picture = f"![{label('picture.calibration', lang)}](calibration.{lang}.svg)"
    years = _years(card["scores"], lang)
    bands = _table([label(key, lang) for key in keys], rows)
    return [*lines, *years, "", *bands, "", picture]


def _years(scores: Mapping[str, Any], lang: Lang) -> list[str]:
    """Give expected and recorded failures of each window, with the interval."""
    rows = []
    for row in scores["totals"]:
        first, last = row["as_of"] + 1, row["as_of"] + scores["horizon"]
        years = f"{first}" if first == last else f"{first}–{last}"
        rows.append((years, row))
    rows += [
        (label("backtest.whole", lang), row)
        for row in scores["calibration"]
        if row["kind"] == "all"
    ]
    cells = [
        [name, f"{row['expected']:.1f}", f"{row['seen']:.0f}",
         f"{row['low']:.0f}–{row['high']:.0f}"]
        for name, row in rows
    ]  # fmt: skip
    keys = ("backtest.years", "backtest.expected", "backtest.seen", "card.interval")
    return _table([label(key, lang) for key in keys], cells)


def _limits(card: Mapping[str, Any], lang: Lang) -> list[str]:
    lines = [f"## {label('card.limits', lang)}", ""]
    lines += [f"- {_say(f'card.limit_{name}', lang)}" for name in LIMITS]
    version = card["versions"]["scikit-learn"]
    return [*lines, "", f"scikit-learn {version}"]
