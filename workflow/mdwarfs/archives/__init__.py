"""Fetching the raw files from their archives."""
