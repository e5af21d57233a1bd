"""Start here: python -m salesboard_display."""

from salesboard_display.cli import main

if __name__ == "__main__":
    main()
