"""How the released labels (Astra 0.6.0) were made, each ingredient by itself."""
