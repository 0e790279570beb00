"""The paper's claims, the run's answers to them, and the state of its products."""
