"""Side effects of one patient: the table, the ten Naranjo questions, the score beside them."""
