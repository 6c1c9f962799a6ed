"""Cells: text to values, strictly. What is not understood is said, never guessed.

One module per kind of column; each gives an `Outcome` per text: the value, how it was
got, and its interval where the text leaves one open.
"""

from renewopt.inventory.cells.column import Parsed, parse_column
from renewopt.inventory.cells.outcome import AsOf, Context, Outcome
from renewopt.inventory.cells.spreadsheet import cell_text

__all__ = ["AsOf", "Context", "Outcome", "Parsed", "cell_text", "parse_column"]
