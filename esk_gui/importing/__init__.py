"""The import wizard: a list of others, understood column by column, seen cell by cell, taken in as one act."""
