"""Commands of `mdwarfs` about runs that are made: each module adds one, by `add`."""
