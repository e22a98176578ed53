"""Backups: all rows and blobs in one file, and back."""
