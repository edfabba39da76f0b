"""What the user asked for: data, network, training, experiment. Pydantic only; nothing here computes or talks."""

from neuroglow.spec.catalog import Catalog as Catalog
from neuroglow.spec.checking import checked_data as checked_data
from neuroglow.spec.data import AnyData as AnyData
from neuroglow.spec.data import BundledData as BundledData
from neuroglow.spec.data import DataSpec as DataSpec
from neuroglow.spec.data import DrawnData as DrawnData
from neuroglow.spec.data import SyntheticData as SyntheticData
from neuroglow.spec.datasets import facts as facts
from neuroglow.spec.experiment import Experiment as Experiment
from neuroglow.spec.experiment import parse_experiment as parse_experiment
from neuroglow.spec.facts import DataSetFacts as DataSetFacts
from neuroglow.spec.layers.dense import Dense as Dense
from neuroglow.spec.layers.wiring import INPUT as INPUT
from neuroglow.spec.layers.wiring import OUTPUT as OUTPUT
from neuroglow.spec.limits import Limits as Limits
from neuroglow.spec.network import Network as Network
from neuroglow.spec.patch import patched as patched
from neuroglow.spec.pictures import PicturesData as PicturesData
from neuroglow.spec.presets import preset as preset
from neuroglow.spec.sequences import SequencesData as SequencesData
from neuroglow.spec.text import TextData as TextData
from neuroglow.spec.training import Training as Training
from neuroglow.spec.uploaded import UploadedData as UploadedData
