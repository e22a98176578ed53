"""What the words of a prompt mean: tables only, no code that decides."""
