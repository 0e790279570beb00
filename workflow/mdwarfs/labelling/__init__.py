"""Labels beside those of the candidates: of files, of small samples, as released."""
