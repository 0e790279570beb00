"""The motion of the Sun relative to the local standard of rest."""

SCHOENRICH_2010 = (11.1, 12.24, 7.25)
"""U towards the Galactic centre, V with the rotation, W towards the north Galactic pole
[km/s]: Schönrich, Binney & Dehnen 2010 (MNRAS 403, 1829), abstract; with systematic
errors of 1, 2 and 0.5 km/s. It is what astropy's frame `GalacticLSR` takes."""

SUN_TO_CENTRE, SUN_ABOVE_PLANE = 8.122, 0.0208
"""[kpc]: GRAVITY Collaboration 2018 (A&A 615, L15), and Bennett & Bovy 2019 (MNRAS 482,
1417), as in astropy's Galactocentric frame (defaults v4.0)."""
CIRCULAR_VELOCITY = 233.4
"""Of the local standard of rest [km/s]: the Sun's 245.6 of the same defaults (Drimmel &
Poggio 2018, RNAAS 2, 210) less its motion above."""
