"""The background: polls sources, scores boards, rotates slides, publishes snapshots. No Qt."""
