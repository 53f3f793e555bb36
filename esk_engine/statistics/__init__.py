"""Statistics for comparing two groups: pure functions on arrays, frozen results that carry their method.

Every P-value, estimate and interval names its method by a stable code; what is undefined is None with a reason.
Wrong input (an empty group, values that are not finite numbers) is a ValueError. The caller drops missing values.

What the tables need is here. The other topics are imported from their own rooms, so that a start does not pay for
them: `adjust` (Holm, Benjamini-Hochberg), `agreement` (kappa), `correlation`, `means` (Welch, geometric ratio), `odds`,
`power`, `proportions`, `regression` (logistic), `risks`, `roc_curve`, `stratified` (van Elteren).
"""

from esk_engine.statistics.effects import RankEffects, rank_biserial, rank_effects
from esk_engine.statistics.exact import (
    NullDistribution,
    Tails,
    exact_cost_seconds,
    exact_feasible,
    exact_p_many,
    rank_sum_tails,
)
from esk_engine.statistics.lattice import TieGroups, doubled_midranks, tie_groups
from esk_engine.statistics.ranks import MannWhitney, exact_spss, mann_whitney
from esk_engine.statistics.shift import HodgesLehmann, ShiftInterval, hodges_lehmann
from esk_engine.statistics.summaries import Box, Summary, box, summarise
from esk_engine.statistics.tables import Fisher, fisher
from esk_engine.statistics.values import Estimate, PValue

__all__ = [
    "Box",
    "Estimate",
    "Fisher",
    "HodgesLehmann",
    "MannWhitney",
    "NullDistribution",
    "PValue",
    "RankEffects",
    "ShiftInterval",
    "Summary",
    "Tails",
    "TieGroups",
    "box",
    "doubled_midranks",
    "exact_cost_seconds",
    "exact_feasible",
    "exact_p_many",
    "exact_spss",
    "fisher",
    "hodges_lehmann",
    "mann_whitney",
    "rank_biserial",
    "rank_effects",
    "rank_sum_tails",
    "summarise",
    "tie_groups",
]
