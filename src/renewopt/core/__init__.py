"""The nouns: what the rooms hand to each other. Imports nothing of ours."""
