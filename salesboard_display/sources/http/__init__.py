"""The HTTP source: speaks to any API that a preset describes."""
