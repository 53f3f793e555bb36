"""Reports on paper: a document laid out on pages, written as PDF, shown before it is printed."""
