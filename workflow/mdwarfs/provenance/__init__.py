"""Where the numbers of a run come from.

Every job writes down what it read, made and ran on (`mdwarfs.run.record`). From these
records, which lie in the run's own folder, follow the history of a product (`history`),
the answer of `mdwarfs trace`, and the RO-Crate of the run (`crate`).
"""
