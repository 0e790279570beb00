"""Which wavelengths a trained model takes the labels from, and how well it can."""
