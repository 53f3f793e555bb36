"""The blocks of the settings page that are more than a row of fields."""
