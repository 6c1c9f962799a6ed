"""Where assets lie in the streets: by identifier, name, road layer or street graph."""
