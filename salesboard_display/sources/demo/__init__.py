"""The demo office: believable, made up, and the same on every machine at the same moment."""
