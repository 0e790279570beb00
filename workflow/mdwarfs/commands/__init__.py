"""Commands of `mdwarfs`: each module adds one, by `add`."""
