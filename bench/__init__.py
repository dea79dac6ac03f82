"""The benchmarks: what the product takes beside the floor it is measured against."""

from bench.registry import Outcome, benchmark, measure, median, table

__all__ = ["Outcome", "benchmark", "measure", "median", "table"]
