"""Labels of spectra that are no survey of their own: files, and small samples."""
