"""The "Methods" of an article, written from what was really done with these patients under these settings."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from esk_engine import __version__
from esk_engine.dictionary import CONCENTRATIONS
from esk_engine.judge import Group
from esk_engine.report.analysis import TOTAL, Analysis, Comparison, exact_interval
from esk_engine.report.cautions import sex_is_unbalanced
from esk_engine.report.extras import Extras, extras
from esk_engine.report.render import set_name
from esk_engine.settings import BlqRule
from esk_engine.wording import Wording

REFERENCES = {
    "mann_whitney": "Mann HB, Whitney DR. On a test of whether one of two random variables is stochastically larger "
    "than the other. Ann Math Stat 1947;18:50-60.",
    "fisher": "Fisher RA. On the interpretation of chi-squared from contingency tables, and the calculation of P. "
    "J R Stat Soc 1922;85:87-94.",
    "hodges_lehmann": "Hodges JL Jr, Lehmann EL. Estimates of location based on rank tests. "
    "Ann Math Stat 1963;34:598-611.",
    "cliff": "Cliff N. Dominance statistics: ordinal analyses to answer ordinal questions. "
    "Psychol Bull 1993;114:494-509.",
    "cornfield": "Cornfield J. A statistical problem arising from retrospective studies. Proc Third Berkeley Symp Math "
    "Stat Probab 1956;4:135-48.",
    "delong": "DeLong ER, DeLong DM, Clarke-Pearson DL. Comparing the areas under two or more correlated receiver "
    "operating characteristic curves: a nonparametric approach. Biometrics 1988;44:837-45.",
    "newcombe": "Newcombe RG. Interval estimation for the difference between independent proportions: comparison of "
    "eleven methods. Stat Med 1998;17:873-90.",
    "welch": "Welch BL. The generalization of 'Student's' problem when several different population variances are "
    "involved. Biometrika 1947;34:28-35.",
    "van_elteren": "van Elteren PH. On the combination of independent two sample tests of Wilcoxon. "
    "Bull Inst Int Stat 1960;37:351-61.",
    "holm": "Holm S. A simple sequentially rejective multiple test procedure. Scand J Stat 1979;6:65-70.",
    "naranjo": "Naranjo CA, Busto U, Sellers EM, et al. A method for estimating the probability of adverse drug "
    "reactions. Clin Pharmacol Ther 1981;30:239-45.",
    "tukey": "Tukey JW. Exploratory data analysis. Reading (MA): Addison-Wesley; 1977.",
}
_SERIES = ("heart_rate_variation_percent", "systolic_variation_percent", "diastolic_variation_percent")
_SERIES_MAXIMUM = "systolic_max_mmhg"
_SIGNS = {">=": "\N{GREATER-THAN OR EQUAL TO}", "<=": "\N{LESS-THAN OR EQUAL TO}"}


@dataclass(frozen=True, slots=True)
class MethodsParagraph:
    """One paragraph under its heading."""

    heading: str
    text: str


def methods_paragraphs(
    analysis: Analysis, wording: Wording, found: Extras | None = None
) -> tuple[MethodsParagraph, ...]:
    """The Methods, paragraph by paragraph, the references last.

    Parameters
    ----------
    found
        ``extras(analysis)`` where it is known already; else it is computed.
    """
    return tuple(_Writer(analysis, wording, found or extras(analysis)).paragraphs())


def methods_text(analysis: Analysis, wording: Wording, found: Extras | None = None) -> str:
    """The Methods as plain text, ready to be pasted: a heading and its paragraph, a blank line between them."""
    return "\n\n".join(f"{part.heading}\n{part.text}" for part in methods_paragraphs(analysis, wording, found)) + "\n"


class _Writer:
    """Writes the paragraphs in their order, and numbers the references in the order in which they are cited."""

    def __init__(self, analysis: Analysis, wording: Wording, found: Extras) -> None:
        self._analysis, self._wording, self._found = analysis, wording, found
        self._settings = analysis.cohort.settings
        self._cited: list[str] = []

    def paragraphs(self) -> Iterator[MethodsParagraph]:
        for heading, sentences in (
            ("methods.heading.groups", self._groups()),
            ("methods.heading.values", self._values()),
            ("methods.heading.tests", self._tests()),
            ("methods.heading.effects", self._effects()),
            ("methods.heading.sex", self._sex()),
            ("methods.heading.multiplicity", self._multiplicity()),
            ("methods.heading.side_effects", self._side_effects()),
            ("methods.heading.missing", self._missing()),
            ("methods.heading.software", self._software()),
        ):
            yield MethodsParagraph(self._wording(heading), " ".join(sentences))
        listed = "\n".join(f"{number}. {REFERENCES[code]}" for number, code in enumerate(self._cited, 1))
        yield MethodsParagraph(self._wording("methods.heading.references"), listed)

    # Words

    def _cite(self, code: str) -> str:
        if code not in self._cited:
            self._cited.append(code)
        return f"[{self._cited.index(code) + 1}]"

    def _listed(self, texts: Sequence[str]) -> str:
        """``a, b and c``."""
        if len(texts) < 2:
            return "".join(texts)
        return f"{', '.join(texts[:-1])} {self._wording('methods.and')} {texts[-1]}"

    def _label(self, variable: str) -> str:
        """A variable's name in the middle of a sentence."""
        return _in_sentence(self._wording.label(variable))

    def _without(self, key: str, undefined: Iterable[tuple[str, str | None]]) -> Iterator[str]:
        """For which variables a figure is undefined, a sentence a reason."""
        by_reason: dict[str, list[str]] = {}
        for variable, reason in undefined:
            if reason is not None:
                by_reason.setdefault(reason, []).append(self._label(variable))
        for reason, labels in by_reason.items():
            yield self._wording(key, variables=self._listed(labels), why=self._wording(f"reason.{reason}"))

    # Paragraphs

    def _groups(self) -> Iterator[str]:
        wording, used, sizes = self._wording, self._analysis.cohort.criteria_set, self._analysis.sizes
        if self._settings.synthetic:
            yield wording("note.synthetic")
        yield wording("methods.groups.set", name=set_name(used.name, wording), criteria=self._criteria())
        yield wording("methods.groups.rest")
        names = {condition.variable for condition in used.conditions()}
        if names & {*_SERIES, _SERIES_MAXIMUM}:
            missing = self._settings.max_missing_readings
            yield wording("methods.groups.series", missing=missing)
        if used.specified_beforehand:
            yield wording("methods.groups.beforehand")
        else:
            yield wording("methods.groups.defined", k=used.outcomes_known, n=used.patients)
        yield wording(
            "methods.groups.result",
            n=sizes[TOTAL],
            responder=sizes[Group.RESPONDER],
            non_responder=sizes[Group.NON_RESPONDER],
            undetermined=sizes[Group.UNDETERMINED],
        )
        if sizes[Group.UNDETERMINED]:
            yield wording("methods.groups.undetermined")

    def _criteria(self) -> str:
        """Every criterion with every threshold."""
        wording, told = self._wording, list[str]()
        for criterion in self._analysis.cohort.criteria_set.criteria:
            conditions: list[str] = []
            for c in criterion.conditions:
                limit = wording.with_unit(wording.number(c.threshold), wording.unit(c.variable))
                conditions.append(f"{self._label(c.variable)} {_SIGNS[c.operator]} {limit}")
            told.append(f"{_in_sentence(wording.criterion(criterion.name))} ({self._listed(conditions)})")
        return "; ".join(told)

    def _values(self) -> Iterator[str]:
        wording, analysis = self._wording, self._analysis
        yield wording("methods.values.summaries")
        yield wording("methods.values.steady_state", from_minute=self._settings.css_from_minute)
        counts = [(name, analysis.comparison(name).groups[TOTAL].below_lloq) for name in CONCENTRATIONS]
        below = [f"{self._label(name)} {n}" for name, n in counts if n]
        if below:
            key = "half" if self._settings.blq is BlqRule.HALF else "missing"
            yield wording(f"methods.values.below_lloq.{key}", counts=self._listed(below))
        else:
            yield wording("methods.values.below_lloq.none")
        yield wording("methods.values.box", ref=self._cite("tukey"))

    def _tests(self) -> Iterator[str]:
        wording, analysis, method = self._wording, self._analysis, self._settings.p_method
        tested = [c for c in analysis.comparisons if c.mann_whitney is not None]
        if tested:
            yield wording("methods.tests.mann_whitney", ref=self._cite("mann_whitney"))
            yield wording(f"methods.tests.{method}")
            tied = sum(c.mann_whitney is not None and c.mann_whitney.ties for c in tested)
            yield wording("methods.tests.ties" if tied else "methods.tests.no_ties", k=tied, n=len(tested))
        yield from self._without(
            "methods.tests.no_p", ((c.variable, p.reason) for c in analysis.comparisons if (p := c.p(method)).reason)
        )
        yield from self._fisher()
        yield wording("methods.tests.level")

    def _fisher(self) -> Iterator[str]:
        wording, counts = self._wording, [c for c in self._analysis.counts if c.p.value is not None]
        if counts:
            labels = self._listed([self._label(c.variable) for c in counts])
            yield wording("methods.tests.fisher", variables=labels, ref=self._cite("fisher"))
            large = [self._label(c.variable) for c in counts if c.p.method == "fisher_rxc"]
            if large:
                yield wording("methods.tests.fisher_rxc", variables=self._listed(large))
        undefined = [(c.variable, c.p.reason) for c in self._analysis.counts if c.p.value is None and c.categories]
        yield from self._without("methods.tests.no_p", undefined)

    def _effects(self) -> Iterator[str]:
        yield from self._differences()
        yield from self._shares()

    def _shares(self) -> Iterator[str]:
        """Effect sizes of what Fisher's test compares."""
        counts = [found for found in self._found.counts if found.differences]
        if counts:
            labels = self._listed([self._label(found.variable) for found in counts])
            yield self._wording("methods.effects.shares", variables=labels, ref=self._cite("newcombe"))
        of_two = [self._label(found.variable) for found in counts if found.odds_ratio.value is not None]
        if of_two:
            labels = self._listed(of_two)
            yield self._wording("methods.effects.odds_ratio", variables=labels, ref=self._cite("cornfield"))

    def _differences(self) -> Iterator[str]:
        wording = self._wording
        shifts = [c for c in self._analysis.comparisons if c.shift is not None]
        if not shifts:
            yield wording("methods.effects.none")
            return
        yield wording("methods.effects.shift", ref=self._cite("hodges_lehmann"))
        levels = [level for c in shifts if (level := _achieved(c)) is not None]
        if levels:
            yield wording("methods.effects.level", level=self._percents(min(levels), max(levels)))
        undefined = [(c.variable, exact_interval(c.shift, None)[2]) for c in shifts]
        yield from self._without("methods.effects.no_interval", undefined)
        below = [c.variable for c in self._analysis.comparisons if c.shift_reason == "below_lloq"]
        yield from self._without("methods.effects.no_shift", ((name, "below_lloq") for name in below))
        yield wording("methods.effects.ranks", cliff=self._cite("cliff"), delong=self._cite("delong"))
        if self._has_ratio():
            yield wording("methods.effects.ratio", ref=self._cite("welch"))

    def _percents(self, low: float, high: float) -> str:
        texts = [self._wording.number(100 * level, 1) for level in (low, high)]
        text = texts[0] if texts[0] == texts[1] else f"{texts[0]}\N{EN DASH}{texts[1]}"
        return self._wording.with_unit(text, "%")

    def _has_ratio(self) -> bool:
        ratios = [found.effects.geometric_ratio for found in (*self._found.comparisons, *self._found.side_effects)]
        return any(ratio is not None and ratio.value is not None for ratio in ratios)

    def _sex(self) -> Iterator[str]:
        wording, by_sex = self._wording, [(c.variable, c.by_sex) for c in self._found.comparisons]
        p = self._analysis.count("sex").p.value
        if p is not None and sex_is_unbalanced(self._analysis):
            yield wording("methods.sex.unbalanced", p=wording.p_value(p))
        if all(found.z is None for _, found in by_sex):
            why = by_sex[0][1].reason if by_sex else None
            yield wording("methods.sex.none", why=wording(f"reason.{why}") if why else "")
            return
        yield wording("methods.sex.van_elteren", ref=self._cite("van_elteren"))
        yield from self._without("methods.sex.no_p", ((name, found.reason) for name, found in by_sex))
        too_long = ((name, found.p_exact.reason) for name, found in by_sex if found.reason is None)
        yield from self._without("methods.sex.no_exact", too_long)
        if any(found.left_out for _, found in by_sex):
            yield wording(
                "methods.sex.left_out",
                other=max(found.other_or_unknown for _, found in by_sex),
                one_group=max(found.one_group_only for _, found in by_sex),
            )

    def _multiplicity(self) -> Iterator[str]:
        if self._found.holm_count > 1:
            yield self._wording("methods.multiplicity.holm", k=self._found.holm_count, ref=self._cite("holm"))
        else:
            yield self._wording("methods.multiplicity.none")

    def _side_effects(self) -> Iterator[str]:
        wording, effects = self._wording, self._analysis.side_effects
        yield wording("methods.side_effects.naranjo", ref=self._cite("naranjo"), cutoff=self._settings.naranjo_cutoff)
        pending = sum(effect.pending for effect in effects)
        if pending:
            yield wording.plural("methods.side_effects.pending", pending)
        if self._found.side_effects:
            k = len(self._found.side_effects)
            yield wording("methods.side_effects.concentrations", k=k, n=self._analysis.sizes[TOTAL])

    def _missing(self) -> Iterator[str]:
        analysis, wording = self._analysis, self._wording
        missing = [(c.variable, c.groups[TOTAL].missing) for c in analysis.comparisons]
        for name in ("sex", "indication"):
            known = sum(category.total for category in analysis.count(name).categories)
            missing.append((name, analysis.sizes[TOTAL] - known))
        told = [f"{self._label(name)} {n}" for name, n in missing if n]
        if told:
            yield wording("methods.missing.some", counts=self._listed(told), n=analysis.sizes[TOTAL])
        else:
            yield wording("methods.missing.none")

    def _software(self) -> Iterator[str]:
        versions = [f"Python {platform.python_version()}", f"NumPy {np.__version__}"]
        if self._has_ratio():  # Student's quantile is SciPy's
            import scipy

            versions.append(f"SciPy {scipy.__version__}")
        yield self._wording("methods.software", esk=__version__, libraries=self._listed(versions))


def _in_sentence(label: str) -> str:
    """A label without its capital, unless it starts with an abbreviation (NRS, BMI)."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _achieved(comparison: Comparison) -> float | None:
    """The level that an interval really has; None where none is printed."""
    if comparison.shift is None or comparison.shift.exact.reason is not None:
        return None
    return comparison.shift.achieved_level
