"""Benchmarks against rivals: same machine, same cores, interleaved rounds, medians and ratios."""
