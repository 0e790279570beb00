"""How a run runs: logs, progress, workers, digests, parts that belong together."""
