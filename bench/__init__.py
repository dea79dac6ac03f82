"""The benchmarks: what the product takes beside the floor it is measured against."""

from bench.registry import Outcome, benchmark, measure, table

__all__ = ["Outcome", "benchmark", "measure", "table"]
