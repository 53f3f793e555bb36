"""Types of the database driver, which ships none: it is the standard library's sqlite3 compiled against SQLCipher."""

from sqlite3 import *

from sqlcipher3 import dbapi2 as dbapi2
