"""Everything of Esk that is true without a screen: it imports no Qt."""

__version__ = "0.1.0"
