from __future__ import annotations

import io
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from PIL import Image

from renewopt import text
from renewopt.core.errors import message
from renewopt.runs import load_run

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

VIEWS = {"overview": 1, "money": 0, "programme": 6, "risk": 4, "map": 0, "projects": 0}
"""Pages, and how many charts each draws."""
LATIN = {"synthetic", "data", "plan", "xlsx", "highs", "scip", "cbc", "small", "town"}
"""Latin words that a Chinese page may show: names of files and engines, the badge."""
EXTERNAL = re.compile(r"^(https?|wss?)$")


def outside(requests: list[str]) -> list[str]:
    """List the requests that left this machine."""
    return [
        url
        for url in requests
        if EXTERNAL.match(urlsplit(url).scheme)
        and urlsplit(url).hostname not in {"127.0.0.1", "localhost"}
    ]


def say(view: str, lang: text.Lang) -> str:
    """Give the title of a page."""
    return text.render(message(f"app.page.{view}"), lang)


def settle(page: Page) -> None:
    """Wait until the page stands still."""
    page.wait_for_selector("[data-testid=stStatusWidget]", state="detached")
    page.wait_for_selector("[data-stale=true]", state="detached")


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page where RENEWOPT_PICTURES asks for one."""
    folder = os.environ.get("RENEWOPT_PICTURES")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def colourful(image: bytes) -> int:
    """Count the pixels that are neither grey nor nearly so."""
    with Image.open(io.BytesIO(image)) as opened:
        saturation = opened.convert("HSV").getchannel("S")
    return sum(saturation.histogram()[100:])


def latin_words(page: Page) -> set[str]:
    """List the words in Latin letters; an icon is a word, too, to the page."""
    words = page.inner_text("[data-testid=stMain]")
    for icon in page.get_by_test_id("stIconMaterial").all_inner_texts():
        words = words.replace(icon, "")
    return {word.lower() for word in re.findall(r"[A-Za-z]{3,}", words)}


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_every_page_draws_and_asks_nobody_outside(
    page: Page, address: str, requests: list[str], lang: text.Lang
) -> None:
    """All pages open in the language, draw their charts, and stay on this machine."""
    page.goto(f"{address}/?lang={lang}")
    for view, charts in VIEWS.items():
        page.get_by_test_id("stSidebarNavLink").filter(has_text=say(view, lang)).click()
        page.get_by_role("heading", level=1, name=say(view, lang)).wait_for()
        settle(page)
        drawn = page.locator("[data-testid=stVegaLiteChart] :is(canvas, svg)")
        if charts:
            drawn.nth(charts - 1).wait_for()
        assert drawn.count() == charts
        assert page.get_by_test_id("stException").count() == 0
        assert "合成数据" in page.inner_text("[data-testid=stMain]")
        if view == "map":
            shot = page.get_by_test_id("stDeckGlJsonChart")
            shot.scroll_into_view_if_needed()
            page.wait_for_timeout(2500)
            assert colourful(shot.screenshot()) > 1000, "the works are not drawn"
        if lang == "zh":
            assert latin_words(page) <= LATIN
        picture(page, f"{view}-{lang}")
    assert len(requests) > 10
    assert outside(requests) == []


def type_amount(page: Page, row: int, rows: int, amount: str) -> None:
    """Type into the first year of a row of the first editor, as a user does.

    The editor is a picture: its cells are found by their place, and it needs a moment
    between two keys.
    """
    grid = page.get_by_test_id("stDataFrame").first
    box = grid.bounding_box()
    assert box is not None
    height = box["height"] / (rows + 1)
    for _ in range(3):
        grid.click(position={"x": 60, "y": (row + 1.5) * height})
        page.wait_for_timeout(500)
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(500)
        page.keyboard.type(amount)
        page.wait_for_timeout(500)
        page.keyboard.press("Enter")
        page.wait_for_timeout(1000)
        settle(page)
        if page.get_by_text("amounts changed: 1").count():
            return
    pytest.fail("the editor did not take the amount")


def test_less_money_gives_another_plan(
    page: Page, address: str, requests: list[str], town: Path
) -> None:
    """An amount is typed, a run is started, and its plan stands beside the last one."""
    page.goto(f"{address}/?lang=en")
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Money").click()
    page.get_by_role("heading", level=1, name="Money").wait_for()
    settle(page)
    run = load_run(town)
    funds = run.problem.policy.funds["fund_id"].tolist()
    type_amount(page, funds.index("central"), len(funds), "0")
    gap = page.get_by_role("spinbutton", name="Gap to stop at (%)")
    gap.fill("20")
    gap.press("Enter")
    settle(page)
    page.get_by_role("button", name="Plan with this money").click()
    page.get_by_text("A run is going on").first.wait_for()
    picture(page, "running-en")
    page.get_by_text("Done: the new plan is open").wait_for(timeout=120_000)
    page.get_by_text("Projects that changed:").wait_for()
    settle(page)
    page.get_by_text("Projects that changed:").scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    picture(page, "beside-en")
    assert page.get_by_text("Compare small-town-2 with").count() == 1
    words = page.get_by_text("Projects that changed:").inner_text()
    counts = [int(number) for number in re.findall(r"\d+", words)]
    assert sum(counts) > 0, words
    assert outside(requests) == []
