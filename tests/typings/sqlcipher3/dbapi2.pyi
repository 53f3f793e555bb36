"""Types of the database driver's only module: sqlite3's own."""

from sqlite3.dbapi2 import *
