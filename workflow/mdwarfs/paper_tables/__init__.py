"""The paper's four tables: stage 14."""
