"""Data sets as pure functions of (spec, seed): drawn on the plane, or bundled with scikit-learn; split and encoded."""

from neuroglow.data.asked import AskedRow as AskedRow
from neuroglow.data.asked import raw_rows as raw_rows
from neuroglow.data.dataset import Dataset as Dataset
from neuroglow.data.dataset import Split as Split
from neuroglow.data.dataset import is_at_hand as is_at_hand
from neuroglow.data.dataset import load as load
from neuroglow.data.dataset import takes_time as takes_time
from neuroglow.data.samples import rows_of as rows_of
from neuroglow.data.uploaded import use_folder as use_folder
