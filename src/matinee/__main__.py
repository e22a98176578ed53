"""`python -m matinee` is the `matinee` command."""

from __future__ import annotations

from matinee.cli import main

if __name__ == "__main__":
    main()
