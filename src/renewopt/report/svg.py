"""Plain pictures as SVG text: axes, lines, bars with intervals, dots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 800.0, 480.0
LEFT, RIGHT, TOP, BOTTOM = 70.0, 270.0, 50.0, 60.0
COLOURS = (
    "#b2182b", "#2166ac", "#1b7837", "#e08214", "#762a83", "#4d4d4d",
    "#35978f", "#c51b7d", "#8c510a", "#80b1d3",
)  # fmt: skip


@dataclass
class Picture:
    """A picture with one pair of axes.

    Attributes
    ----------
    x_range, y_range
        Values at the ends of the axes.
    """

    title: str
    x_label: str
    y_label: str
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    parts: list[str] = field(default_factory=list)
    keys: int = 0

    def x(self, value: float) -> float:
        """Give the place of a value on the horizontal axis."""
        low, high = self.x_range
        return LEFT + (value - low) / (high - low or 1) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        """Give the place of a value on the vertical axis."""
        low, high = self.y_range
        return (
            HEIGHT
            - BOTTOM
            - (value - low) / (high - low or 1) * (HEIGHT - TOP - BOTTOM)
        )

    def line(
        self, xs: Sequence[float], ys: Sequence[float], colour: str, width: float = 1.5
    ) -> None:
        """Draw a line through points."""
        points = " ".join(
            f"{self.x(a):.1f},{self.y(b):.1f}" for a, b in zip(xs, ys, strict=True)
        )
        self.parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" '
            f'stroke-width="{width}"/>'
        )

    def dot(self, x: float, y: float, colour: str, radius: float = 4.0) -> None:
        """Draw a dot."""
        self.parts.append(
            f'<circle cx="{self.x(x):.1f}" cy="{self.y(y):.1f}" r="{radius:.1f}" '
            f'fill="{colour}"/>'
        )

    def interval(self, x: float, low: float, high: float, colour: str) -> None:
        """Draw an upright interval with feet."""
        a, b, c = self.x(x), self.y(low), self.y(high)
        self.parts.append(
            f'<path d="M{a:.1f} {b:.1f}V{c:.1f}M{a - 6:.1f} {b:.1f}H{a + 6:.1f}'
            f'M{a - 6:.1f} {c:.1f}H{a + 6:.1f}" stroke="{colour}" fill="none"/>'
        )

    def text(
        self, x: float, y: float, words: str, anchor: str = "start", size: int = 12
    ) -> None:
        """Write words at a place of the page (not of the axes)."""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" '
            f'font-size="{size}">{escape(words)}</text>'
        )

    def key(self, words: str, colour: str) -> None:
        """Add a line to the legend."""
        y = TOP + 14 + 20 * self.keys
        x = WIDTH - RIGHT + 14
        self.parts.append(
            f'<rect x="{x:.0f}" y="{y - 9:.0f}" width="12" height="10" '
            f'fill="{colour}"/>'
        )
        self.text(x + 18, y, words, size=11)
        self.keys += 1

    def ticks_x(self, values: Sequence[float], words: Sequence[str]) -> None:
        """Mark values on the horizontal axis."""
        for value, word in zip(values, words, strict=True):
            self.text(self.x(value), HEIGHT - BOTTOM + 18, word, "middle", 11)

    def ticks_y(self, values: Sequence[float], words: Sequence[str]) -> None:
        """Mark values on the vertical axis, with a light rule across."""
        for value, word in zip(values, words, strict=True):
            y = self.y(value)
            self.parts.insert(
                0,
                f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#dddddd"/>',
            )
            self.text(LEFT - 8, y + 4, word, "end", 11)

    def svg(self) -> str:
        """Give the whole picture."""
        right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
        axes = (
            f'<path d="M{LEFT} {TOP}V{bottom}H{right}" stroke="#333333" fill="none"/>'
        )
        middle = (LEFT + right) / 2
        words = Picture("", "", "", (0, 1), (0, 1))
        words.text(LEFT, TOP - 20, self.title, size=14)
        words.text(middle, HEIGHT - 18, self.x_label, "middle")
        upright = (
            f'<text transform="translate(20 {(TOP + bottom) / 2:.0f}) rotate(-90)" '
            f'text-anchor="middle" font-size="12">{escape(self.y_label)}</text>'
        )
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} '
                f'{HEIGHT:.0f}" font-family="sans-serif">',
                '<rect width="100%" height="100%" fill="white"/>',
                *self.parts,
                axes,
                *words.parts,
                upright,
                "</svg>",
                "",
            ]
        )
