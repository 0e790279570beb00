"""Emulate how the released labels (Astra 0.6.0) were made, ingredient by ingredient."""
