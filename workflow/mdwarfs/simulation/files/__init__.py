"""Writers of simulated survey files in the archives' own formats.

Each takes columns under the archive's names and fills every other column of the
format with that archive's null value.
"""
