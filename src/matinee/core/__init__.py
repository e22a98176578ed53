"""Values and rules of the house: standard library only, no input or output."""
