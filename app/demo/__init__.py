"""Demonstration city 演示数据: invented people and sites, never anybody real."""
