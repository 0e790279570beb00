"""Readers of the archives' files: one clean catalogue per source.

Nulls come out as nulls (NaN, "" or 0), identifiers as exact integers, and each star
once.
"""
