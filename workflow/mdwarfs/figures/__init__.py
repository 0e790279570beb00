"""The paper's figures: one module each, and the panels they share."""
