"""From a record to facts and people: the mapping every source shares."""
