"""Bits of result_flags in the SLAM table of DR20: why a star was not selected.

sdss/astra, models/slam.py.
"""

NOT_IN_MAGNITUDE_CUT, NO_CARTON_MATCH = 1 << 4, 1 << 5
