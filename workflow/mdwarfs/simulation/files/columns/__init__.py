"""The column lists of the archives' files, each with its source, and their reader."""
