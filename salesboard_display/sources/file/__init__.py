"""Files that other programs write: CSV, XLSX, ODS, JSON, JSON Lines."""
