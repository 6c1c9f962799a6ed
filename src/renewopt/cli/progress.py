"""Progress of long work on stderr, and a polite way to stop it."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO, Any, Protocol

from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from renewopt.cli.output import Output
from renewopt.core.errors import InputError

FIELDS = ("phase", "elapsed", "best", "bound", "gap")
"""What a line of the progress file holds."""
EVERY = 10.0
"""Seconds between lines where stderr is no terminal."""


class Step(Protocol):
    """What long work reports, as far as it is shown."""

    @property
    def phase(self) -> str:
        """Code of what is being done."""

    @property
    def elapsed(self) -> float:
        """Seconds since the phase's process began."""

    @property
    def best(self) -> float | None:
        """Value of the best plan so far."""

    @property
    def bound(self) -> float | None:
        """Best proven bound so far."""

    @property
    def gap(self) -> float | None:
        """Gap between them."""


class Watch:
    """Shows steps: a moving bar on a terminal, else a line now and then."""

    def __init__(
        self, out: Output, bar: Progress | None, lines: IO[str] | None = None
    ) -> None:
        self._out = out
        self._lines = lines
        self._bar = bar
        self._task = None if bar is None else bar.add_task("", total=None)
        self._phase = ""
        self._last = 0.0

    def __call__(self, step: Step) -> None:
        """Show one step, and write it down where that was asked."""
        if self._lines is not None:
            self._lines.write(json.dumps({k: getattr(step, k) for k in FIELDS}) + "\n")
            self._lines.flush()
        text = self._sentence(step)
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=text)
            return
        now = time.monotonic()
        if self._out.quiet or (step.phase == self._phase and now - self._last < EVERY):
            return
        self._phase, self._last = step.phase, now
        self._out.err.print(text, soft_wrap=True)

    def _sentence(self, step: Step) -> str:
        # Stages of targets have the target's own name; all share their words.
        first = step.phase.split(" ")[0]
        phase = self._out.label(
            f"phase.{'target' if first == 'target' else step.phase}"
        )
        if step.best is None or step.gap is None:
            return phase
        best, gap = f"{step.best:,.2f}", f"{step.gap:.2%}"
        return self._out.text("cli.step", phase=phase, best=best, gap=gap)


@contextmanager
def watching(out: Output, lines_to: Path | None = None) -> Iterator[Watch]:
    """Show progress while the block runs; nothing with --quiet.

    Raises
    ------
    InputError
        If the progress file `lines_to` cannot be written.
    """
    with _lines(lines_to) as lines:
        if out.quiet or not out.err.is_terminal:
            yield Watch(out, None, lines)
        else:
            with _bar(out) as bar:
                yield Watch(out, bar, lines)


@contextmanager
def _lines(path: Path | None) -> Iterator[IO[str] | None]:
    if path is None:
        yield None
        return
    try:
        file = path.open("w", encoding="utf-8")
    except OSError as error:
        raise InputError.of(
            "cli.cannot_write", file=path, detail=error.strerror
        ) from None
    with file:
        yield file


def _bar(out: Output) -> Progress:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=out.err, transient=True)


class Stop:
    """Whether the user asked to stop; call it to ask."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def __call__(self) -> bool:
        """Tell whether to stop."""
        return self._event.is_set()

    def ask(self) -> None:
        """Ask to stop and keep the best plan."""
        self._event.set()


@contextmanager
def stoppable(out: Output) -> Iterator[Stop]:
    """Let Ctrl-C ask to stop; a second one stops at once."""
    stop = Stop()

    def on_signal(number: int, _: FrameType | None) -> None:
        if stop() or number != signal.SIGINT:
            raise KeyboardInterrupt
        stop.ask()
        if not out.quiet:
            out.err.print(out.text("cli.stopping"), soft_wrap=True)

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before: dict[int, Any] = {signal.SIGINT: signal.signal(signal.SIGINT, on_signal)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
