"""The embedded simulated survey: its stars, their spectra and their files."""
