"""What a trained model knows: of which labels, at which wavelengths, and how well."""
