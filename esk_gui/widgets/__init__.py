"""The small widgets that all pages share."""
