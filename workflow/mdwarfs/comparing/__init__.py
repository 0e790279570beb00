"""Compare the contents of two runs, or of a run and a stored baseline."""
