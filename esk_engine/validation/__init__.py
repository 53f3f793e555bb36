"""Raw text to a value or issues, and the rules that values keep: all issues at once, each with its place."""

from esk_engine.validation.parsing import Parsed, clean_text, parse, parse_number
from esk_engine.validation.rules import check_patient, check_value

__all__ = ["Parsed", "check_patient", "check_value", "clean_text", "parse", "parse_number"]
