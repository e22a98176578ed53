"""The animatic: a real film with sound from any prompt, without weights or network."""
