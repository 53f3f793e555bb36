"""The study's settings: each is declared once, with its default, its limits and its codes."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import StrEnum

from esk_engine.dictionary import Limits, ValueType
from esk_engine.records import Value


class PMethod(StrEnum):
    """Which Mann-Whitney P the tables print; all of them are always computed."""

    EXACT = "exact"
    ASYMPTOTIC = "asymptotic"
    EXACT_SPSS = "exact_spss"


class BlqRule(StrEnum):
    """What concentrations below the LLOQ do in means and figures: left out, or half the LLOQ."""

    MISSING = "missing"
    HALF = "half"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a study; times in minutes."""

    study_name: str = ""
    clinic_name: str = ""
    synthetic: bool = False
    p_method: PMethod = PMethod.EXACT
    naranjo_cutoff: int = 5
    blq: BlqRule = BlqRule.MISSING
    planned_infusion_minutes: int = 480
    reading_interval_minutes: int = 30
    css_from_minute: int = 450
    max_missing_readings: int = 2
    verdict_during_entry: bool = False
    pin_required: bool = False
    auto_lock_minutes: int = 10
    backup_folder: str = ""

    def with_value(self, name: str, value: Value) -> Settings:
        """The settings with one changed; ``value`` as it stands in the file (text, number, "yes"/"no")."""
        declared = setting(name)
        if name == "p_method":
            return replace(self, p_method=PMethod(str(value)))
        if name == "blq":
            return replace(self, blq=BlqRule(str(value)))
        if declared.codes == ("yes", "no"):
            return replace(self, **{name: value == "yes"})
        if declared.type is ValueType.WHOLE:
            if not isinstance(value, int):
                raise TypeError(f"{name} takes a whole number")
            return replace(self, **{name: value})
        return replace(self, **{name: str(value or "")})

    def stored(self, name: str) -> Value:
        """One setting as it stands in the file and its log: text, whole number, "yes" or "no"."""
        value = getattr(self, name)
        if isinstance(value, bool):
            return "yes" if value else "no"
        return value.value if isinstance(value, StrEnum) else value


@dataclass(frozen=True, slots=True)
class SettingDeclaration:
    """How one setting is typed and what it may hold; its label is the text ``setting.<name>``."""

    name: str
    type: ValueType
    hard: Limits | None = None
    codes: tuple[str, ...] = ()
    max_length: int | None = None
    unit: str = ""


SETTINGS: tuple[SettingDeclaration, ...] = (
    SettingDeclaration("study_name", ValueType.TEXT, max_length=200),
    SettingDeclaration("clinic_name", ValueType.TEXT, max_length=200),
    SettingDeclaration("synthetic", ValueType.CODE, codes=("yes", "no")),
    SettingDeclaration("p_method", ValueType.CODE, codes=tuple(PMethod)),
    SettingDeclaration("naranjo_cutoff", ValueType.WHOLE, Limits(-4, 13)),
    SettingDeclaration("blq", ValueType.CODE, codes=tuple(BlqRule)),
    SettingDeclaration("planned_infusion_minutes", ValueType.WHOLE, Limits(1, 1440), unit="min"),
    SettingDeclaration("reading_interval_minutes", ValueType.WHOLE, Limits(1, 480), unit="min"),
    SettingDeclaration("css_from_minute", ValueType.WHOLE, Limits(0, 1440), unit="min"),
    SettingDeclaration("max_missing_readings", ValueType.WHOLE, Limits(0, 100)),
    SettingDeclaration("verdict_during_entry", ValueType.CODE, codes=("yes", "no")),
    SettingDeclaration("pin_required", ValueType.CODE, codes=("yes", "no")),
    SettingDeclaration("auto_lock_minutes", ValueType.WHOLE, Limits(1, 240), unit="min"),
    SettingDeclaration("backup_folder", ValueType.TEXT, max_length=500),
)
_BY_NAME = {declared.name: declared for declared in SETTINGS}


def setting(name: str) -> SettingDeclaration:
    """The declaration of one setting; KeyError where there is none."""
    return _BY_NAME[name]


if {f.name for f in fields(Settings)} != set(_BY_NAME):  # a setting is declared once, in both places of this file
    raise ImportError("settings and their declarations differ")
