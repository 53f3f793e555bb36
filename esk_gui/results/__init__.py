"""The parts of the results page: tables, and how a cell was computed."""
