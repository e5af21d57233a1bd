"""The wall: Qt Quick stage, slides and components. Knows the engine's snapshots, nothing of the engine."""
