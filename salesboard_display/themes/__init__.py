"""How the wall looks: one TOML file per theme, and the loader. No Qt."""
