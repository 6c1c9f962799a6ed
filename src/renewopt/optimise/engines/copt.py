"""COPT, if the bureau owns it: its command-line program, through PuLP."""

from renewopt.optimise.engines.owned import OwnedEngine

ENGINE = OwnedEngine("copt")
