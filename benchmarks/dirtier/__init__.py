"""The dirtier: clean tables as bureaus keep them, with the truth beside them."""
