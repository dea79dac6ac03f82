"""Tests: real PostgreSQL, real rows, real HTTP. They mirror the packages of ``app``."""
