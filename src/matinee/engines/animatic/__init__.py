"""The animatic: a real film with sound from any prompt, on two cores, without weights or network."""
