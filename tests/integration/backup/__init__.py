"""Backups of real rows and files, taken, broken, and restored."""
