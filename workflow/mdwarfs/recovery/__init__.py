"""What a simulated run found, against what was put in: only simulated runs use it."""
