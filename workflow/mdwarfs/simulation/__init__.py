"""The embedded simulated survey: its stars, their spectra, and the files they are in."""
