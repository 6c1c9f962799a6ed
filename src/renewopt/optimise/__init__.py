"""From a problem to a schedule with proof: array model, engines, greedy."""
