"""An experiment as a short script that reproduces its run elsewhere: the same data, first weights, batches and updates.

Text from a spec, nothing computed: the gateway writes it itself. The parts both scripts share are in `data`, `network`
and `losses`; tests run every script and hold it against the engine.
"""

from neuroglow.export.data import rows_name as rows_name
from neuroglow.export.script import TARGETS as TARGETS
from neuroglow.export.script import write_script as write_script
