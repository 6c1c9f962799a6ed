"""What the parts of an inventory have in common: identifiers, places, days."""
