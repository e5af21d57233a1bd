"""The rules of the game: standard library only, no I/O, no Qt; time is an argument."""
