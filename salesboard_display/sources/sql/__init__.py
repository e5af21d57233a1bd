"""The SQL source: a query to a database, asked again and again; it only reads."""
