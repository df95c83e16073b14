"""Words that carry no meaning of their own in a question."""

from __future__ import annotations

STOPWORDS = frozenset(
    "a about above according account across after again against all almost already also although "
    "always am among an and another any anyone anything are as ask asked at away be became "
    "because been before being below between both but by called came can cause come could did do "
    "does doing done down during each either else end ever every explain far few first following "
    "for from gave get give given gives go going got had happen happened has have he her here "
    "hers him himself his how however i if in instead into is it its itself just kind know known "
    "let like made make many may me mean means meant mention mentions might more most much must "
    "my near neither never no nor not now of off on once one only or other others our out over "
    "own part perhaps put quite rather reason reasons said same saw say saying says see seem "
    "seems several shall she should show since so some someone something sort still such take "
    "tell than that the their theirs them themselves then there these they thing things this "
    "those though through thus to together told too toward towards under until up upon us use "
    "used very view want was way we well went were what whatever when where whether which while "
    "who whom whose why will with within without word words would yet you your".split()
)
"""Words that say how something is asked, not what about."""
