"""What is reached over HTTP: webhooks, received in the engine's process."""
