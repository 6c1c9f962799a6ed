"""The generator of synthetic counties, with its own true hazards."""

from renewopt.demo.generate import generate_county
from renewopt.demo.sizes import SIZES

__all__ = ["SIZES", "generate_county"]
