"""Stellar parameters of BOSS M dwarfs: the science library behind the workflow.

The workflow's rules call it; it never imports Snakemake and serves a notebook as well.
"""
