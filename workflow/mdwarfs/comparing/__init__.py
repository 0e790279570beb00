"""Two runs compared by what their products mean, and a run with a stored baseline."""
