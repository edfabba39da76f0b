"""From a subscription to a bound probe: the one place that knows every stream."""

from __future__ import annotations

from neuroglow.insight.activations import ActivationsProbe, UnitProbe
from neuroglow.insight.backward import BackwardProbe
from neuroglow.insight.codes import CodesProbe
from neuroglow.insight.distributions import DistributionsProbe
from neuroglow.insight.explaining.exciting import ExcitesProbe
from neuroglow.insight.explaining.explanation import explanation
from neuroglow.insight.explaining.ideal import IdealProbe
from neuroglow.insight.explaining.importance import ImportanceProbe
from neuroglow.insight.explaining.influence import InfluenceProbe
from neuroglow.insight.explaining.mislabelled import MislabelledProbe
from neuroglow.insight.inside import InsideProbe
from neuroglow.insight.judgement import JudgementProbe
from neuroglow.insight.maps import MapsProbe
from neuroglow.insight.predictions import PredictionsProbe
from neuroglow.insight.probe import Probe, Subject
from neuroglow.insight.projection import ProjectionProbe
from neuroglow.insight.record import Record
from neuroglow.insight.statistics import StatisticsProbe
from neuroglow.insight.update import UpdateProbe
from neuroglow.insight.weights import GradientsProbe, WeightsProbe
from neuroglow.wire.subscriptions import (
    AnySubscribe,
    SubscribeActivations,
    SubscribeBackward,
    SubscribeCodes,
    SubscribeDistributions,
    SubscribeExcites,
    SubscribeExplanation,
    SubscribeGradients,
    SubscribeIdeal,
    SubscribeImportance,
    SubscribeInfluence,
    SubscribeInside,
    SubscribeJudgement,
    SubscribeMaps,
    SubscribeMislabelled,
    SubscribePredictions,
    SubscribeProjection,
    SubscribeStatistics,
    SubscribeUnit,
    SubscribeUpdate,
    SubscribeWeights,
)


def bind(ask: AnySubscribe, subject: Subject, max_bytes: int, record: Record) -> Probe:
    """The probe that answers `ask`, or `InvalidInputError` when the experiment has no such thing. `record` is the
    run's.

    Layers that do not exist are left out, so that a channel outlives edits; a first subscription checks its names with
    `require_layers` before.
    """
    match ask:
        case SubscribeMaps():
            return MapsProbe(ask, subject, max_bytes)
        case SubscribeActivations():
            return ActivationsProbe(ask, subject)
        case SubscribeUnit():
            return UnitProbe(ask, subject)
        case SubscribeWeights():
            return WeightsProbe(ask, subject)
        case SubscribeGradients():
            return GradientsProbe(ask, subject)
        case SubscribeStatistics():
            return StatisticsProbe(ask, subject, record)
        case SubscribeDistributions():
            return DistributionsProbe(ask, subject, record)
        case SubscribePredictions():
            return PredictionsProbe(ask, subject)
        case SubscribeJudgement():
            return JudgementProbe(ask, subject)
        case SubscribeCodes():
            return CodesProbe(ask, subject)
        case SubscribeInside():
            return InsideProbe(ask, subject)
        case SubscribeProjection():
            return ProjectionProbe(ask, subject)
        case SubscribeBackward():
            return BackwardProbe(ask, subject)
        case SubscribeUpdate():
            return UpdateProbe(ask, subject)
        case SubscribeExplanation():
            return explanation(ask, subject)
        case SubscribeImportance():
            return ImportanceProbe(ask, subject)
        case SubscribeExcites():
            return ExcitesProbe(ask, subject)
        case SubscribeIdeal():
            return IdealProbe(ask, subject)
        case SubscribeInfluence():
            return InfluenceProbe(ask, subject)
        case SubscribeMislabelled():
            return MislabelledProbe(ask, subject)


def require_layers(ask: AnySubscribe, subject: Subject) -> None:
    """Raise `InvalidInputError` when the subscription names a layer that does not exist."""
    layers = getattr(ask, "layers", None)
    if layers is not None:
        subject.require(layers)
