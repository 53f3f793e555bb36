"""How quick Esk is, each figure beside its peer in the same run: ``python -m benchmarks``."""
