"""Dictionaries 字典: regions, trades, banks and every other list a screen chooses from."""
