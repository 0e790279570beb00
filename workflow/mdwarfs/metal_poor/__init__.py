"""Candidates for metal-poor M dwarfs, by how they move and by their molecular bands."""
