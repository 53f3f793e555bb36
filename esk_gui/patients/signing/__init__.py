"""Signing off a patient's moments: what each holds, who vouches for it, what is locked by it and how it is unlocked."""
