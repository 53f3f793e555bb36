"""The Patients page: the list, the form that the dictionary declares, and the verdict beside it."""
