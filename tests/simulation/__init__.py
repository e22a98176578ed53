"""Matinee's rules in a world without time, threads, disks or networks, where all that can go wrong
goes wrong, and one number tells the whole history."""
