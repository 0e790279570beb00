"""Relations, corrections and numbers of the literature, each with its source."""
