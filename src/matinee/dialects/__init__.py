"""The wire formats, one each: parse what a client sends, render what it expects."""
