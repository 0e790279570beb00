"""Ways from spectra to labels that SLAM and the hybrid labels are held against.

Each is an entry of `registry`: a name, and a function that is given training stars and
spectra. What a way leaves open (how many components, which penalty) it settles inside
the training stars. To add one is to add an entry.
"""
