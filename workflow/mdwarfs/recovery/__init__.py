"""Compare the results of a simulated run with what was put in."""
