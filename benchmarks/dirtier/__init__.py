"""The dirtier: clean tables written as bureaus keep them, with the truth beside them."""
