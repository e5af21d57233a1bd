"""Where a frozen build starts: with no Python beside it, it does itself what the program asks of Python."""

from __future__ import annotations

import multiprocessing
import sys

from salesboard_display.cli import main

if __name__ == "__main__":
    multiprocessing.freeze_support()  # an old store is upgraded in a process of its own
    if sys.argv[1:2] == ["-c"]:  # so is the graphics card asked for its name
        exec(sys.argv[2])
    else:
        main()
