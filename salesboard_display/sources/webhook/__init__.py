"""The source that is sent to: what a webhook has to prove, what is kept of it, and what becomes of it."""
