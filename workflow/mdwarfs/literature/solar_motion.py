"""The motion of the Sun relative to the local standard of rest."""

SCHOENRICH_2010 = (11.1, 12.24, 7.25)
"""U towards the Galactic centre, V with the rotation, W towards the north Galactic pole
[km/s]: Schönrich, Binney & Dehnen 2010 (MNRAS 403, 1829), abstract; with systematic
errors of 1, 2 and 0.5 km/s. It is what astropy's frame `GalacticLSR` takes."""
