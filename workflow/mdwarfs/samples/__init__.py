"""From the clean catalogues to the labelled, divided sample: stages 3 to 7."""
