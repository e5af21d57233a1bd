"""Everything an API and the way to it can do wrong, and what the source says and does about each."""
