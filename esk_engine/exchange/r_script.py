"""An R script that reads ``analysis.csv`` and repeats the comparisons of the tables, with Esk's own P beside."""

from __future__ import annotations

from esk_engine.exchange.flat import TextDialect
from esk_engine.report import COMPARED, Analysis, analyse
from esk_engine.settings import PMethod
from esk_engine.study import StudySnapshot
from esk_engine.wording import Wording

_HEAD = """# {title}
# {made_by}. {criteria}
# Run it in the folder of {file}:  Rscript analysis.R
# Mann-Whitney: `asymptotic` is the normal approximation with the variance corrected for ties and no continuity
# correction (wilcox.test(exact = FALSE, correct = FALSE), SPSS's "Asymp. Sig."); `exact` is the permutation
# distribution given the ties (package coin, where it is installed). Values below their LLOQ rank lowest, tied.
d <- read.table("{file}", header = TRUE, sep = "{sep}", dec = "{dec}", quote = "\\"", na.strings = "",
                fileEncoding = "UTF-8-BOM", stringsAsFactors = FALSE, comment.char = "")
d <- d[d$group %in% c("responder", "non_responder"), ]
responder <- d$group == "responder"
below <- function(x, blq) ifelse(blq == "yes", -1, x)
ranked <- d
ranked$esketamine_css_ug_l <- below(d$esketamine_css_ug_l, d$esketamine_css_ug_l_below_lloq)
ranked$norketamine_css_ug_l <- below(d$norketamine_css_ug_l, d$norketamine_css_ug_l_below_lloq)
has_coin <- requireNamespace("coin", quietly = TRUE)

mann_whitney <- function(name, asymptotic, exact) {{
  x <- ranked[[name]]
  use <- !is.na(x)
  a <- x[use & responder]
  b <- x[use & !responder]
  if (length(a) < 1 || length(b) < 1 || length(unique(c(a, b))) < 2) {{
    cat(sprintf("%-32s no comparison\\n", name))
    return(invisible(NULL))
  }}
  p <- suppressWarnings(wilcox.test(a, b, exact = FALSE, correct = FALSE)$p.value)
  e <- NA
  if (has_coin) {{
    g <- factor(c(rep("r", length(a)), rep("n", length(b))))
    e <- as.numeric(coin::pvalue(coin::wilcox_test(c(a, b) ~ g, distribution = "exact")))
  }}
  cat(sprintf("%-32s n = %d + %d  asymptotic %.10g (Esk %s)  exact %.10g (Esk %s)\\n",
              name, length(a), length(b), p, asymptotic, e, exact))
}}

cat("Mann-Whitney, responders against non-responders\\n")
"""
_SEX = """
cat("\\nFisher, sex by group\\n")
sex <- d$sex[!is.na(d$sex)]
tab <- table(sex, responder[!is.na(d$sex)])
if (all(dim(tab) > 1)) cat(sprintf("two-sided %.10g (Esk %s)\\n", fisher.test(tab)$p.value, "{p}"))
cat("\\nTreatment continued by group\\n")
print(table(group = d$group, continued = d$treatment_continued, useNA = "ifany"))
"""


def r_script(snapshot: StudySnapshot, wording: Wording, file: str, dialect: TextDialect) -> str:
    """The script's text; each test stands with the P that Esk printed."""
    analysis = analyse(snapshot.cohort)
    title = snapshot.settings.study_name or snapshot.name
    criteria = f"{wording('export.csv.criteria')}: {wording.criterion(snapshot.criteria_set.name)}"
    text = _HEAD.format(
        title=_line(title),
        made_by=_line(wording("export.csv.made_by")),
        criteria=_line(criteria),
        file=file,
        sep=dialect.delimiter,
        dec=dialect.decimal,
    )
    for name in COMPARED:
        text += f'mann_whitney("{name}", "{_p(analysis, name, "asymptotic")}", "{_p(analysis, name, "exact")}")\n'
    return text + _SEX.format(p=_fisher(analysis))


def _line(text: str) -> str:
    """A text that stays within its comment."""
    return " ".join(text.split())


def _p(analysis: Analysis, name: str, method: str) -> str:
    """Esk's own P to ten digits, as a comparison beside R's; ``NA`` where it is undefined."""
    found = analysis.comparison(name).p(PMethod(method)).value
    return "NA" if found is None else f"{found:.10g}"


def _fisher(analysis: Analysis) -> str:
    found = analysis.count("sex").p.value
    return "NA" if found is None else f"{found:.10g}"
