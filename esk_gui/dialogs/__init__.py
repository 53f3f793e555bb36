"""The dialogs of the window: all opened with ``open()``, none of them holds the program up."""
