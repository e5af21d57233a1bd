"""The running wall: its link, its window, its engine; first piece by piece, then as real processes."""
