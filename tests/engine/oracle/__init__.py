"""A second, independent reckoning of a whole study, scalar and slow: what the engine is held against."""
