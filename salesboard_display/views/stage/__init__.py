"""The stage: window, bridge to the engine, list models, and the QML that holds slides and ticker."""
