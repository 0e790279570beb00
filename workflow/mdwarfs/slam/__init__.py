"""SLAM: one support-vector regression per pixel, and labels of maximum posterior."""
