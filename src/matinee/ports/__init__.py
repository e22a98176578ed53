"""What the system needs from outside, one Protocol a file."""
