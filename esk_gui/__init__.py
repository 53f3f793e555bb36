"""Everything that a person sees of Esk; it computes nothing of the study. The way in is ``esk_gui.launch.main``."""
