"""What comes in and what goes out: one file a format, openpyxl brought in only when a workbook is."""
