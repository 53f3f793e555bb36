"""The parts of the criteria page: the draft being edited, its strip plots, its consequences."""
