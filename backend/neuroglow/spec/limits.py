"""Every limit of Neuroglow, declared once.

The spec models take their bounds from here, the gateway and the workers enforce the rest, and clients are told all
of it in `welcome` and in the catalog. Sizes are bytes, durations seconds, rates per second.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

MAX_SAMPLES = 10_000
MIN_SAMPLES = 10
MIN_CLASSES = 2
MAX_CLASSES = 10
MAX_NOISE = 0.5
MIN_TRAIN_FRACTION = 0.1
MAX_TRAIN_FRACTION = 0.9
MAX_LAYERS = 256
MAX_UNITS = 1_024
MAX_CHANNELS = 512
# Sides of kernels, windows, strides; pixels that padding adds.
MAX_KERNEL = 32
MAX_HEADS = 32
MAX_VOCABULARY = 4_096
# Layers that an add, a concat or a multiply reads.
MAX_MERGED = 16
MAX_REPEATS = 512
# What is wrong with one document, as far as it is told.
MAX_OFFENCES = 100
# Layers of a repeated block.
MAX_BODY = 32
# Connections of one unit: the numbers of the widest layer that it may read.
MAX_SOURCES = 1 << 20
# Numbers of one array that the magnifying glass shows; larger ones are left out.
MAX_INSIDE_CELLS = 1 << 16
# Numbers of one example that a layer makes: 1 GiB. Before estimates of memory, so that shapes stay readable.
MAX_NUMBERS = 1 << 28
MAX_BATCH_SIZE = MAX_SAMPLES
# Different values of a column that are told apart; a code for each, for the rest and for missing cells fits a byte.
MAX_CATEGORIES = 100
# Rows of the test split that the curve's figures are taken on: the first ones of its shuffled order.
MAX_EVALUATED_ROWS = 16_384
# Whole numbers with at most so many different values are taken for classes.
FEW_NUMBERS = 20
MAX_SEED = 2**32 - 1
PLANE_LOW, PLANE_HIGH = -6.0, 6.0
MIN_DRAWN_POINTS = 2
# Of augmentation: times that each training picture comes more, pixels, degrees.
MAX_COPIES = 4
MAX_SHIFT = 8
MAX_ROTATION = 45.0
# Of a sequence, or of a window of a text.
MIN_STEPS, MAX_STEPS = 4, 512
# Of UTF-8; as JSON, a line's end is two, and the whole experiment goes through a message of 256 KiB.
MAX_TEXT_BYTES = 200_000
MAX_TEMPERATURE = 2.0
# Different ones with a token of their own.
MAX_CHARACTERS = 128
MAX_DRAWN_POINTS = 2_000
# Room for 32×32 pixels in three colours.
MAX_INPUTS = 4_096
MAX_INPUT_NAME_LENGTH = 256
MAX_FORMULAS = 16
MAX_FORMULA_LENGTH = 200
MAX_NOISE_COLUMNS = 32
MAX_LABEL_NOISE = 0.5
# Far beyond anything useful, so that a class can watch a network blow up; finite, so that it stays a float32.
MAX_LEARNING_RATE = 1e9
# Its square, a feature of the plane, is still a float32.
MAX_SAMPLE_VALUE = 1e9
MAX_REGULARIZATION_RATE = 10.0
MAX_WEIGHT_DECAY = 10.0
MAX_DROPOUT = 0.9
MAX_FOCUS = 10.0
# A weight set or pinned by hand: far beyond anything useful, so that its effect can be seen; still a float32.
MAX_WEIGHT = 1e9
MAX_PINS = 1_024
# Units held at a value, and units whose weights stay.
MAX_HELD_UNITS = 1_024
MAX_SOURCE_LENGTH = 256
# Updates, epochs and seconds that schedules and stop rules count to.
MAX_COUNTED = 1_000_000_000
MAX_NAME_LENGTH = 64
NAME_PATTERN = r"^[a-z][a-z0-9_]*$"
# Fewer say nothing about where a loss falls.
MIN_RATE_TEST_STEPS = 10
MAP_RESOLUTIONS = (10, 20, 50, 100)
MIN_MODEL_STRENGTH = 1e-6
MAX_MODEL_STRENGTH = 1e6
MAX_TREE_DEPTH = 32
MAX_LEAF_ROWS = 1_000
MAX_TREES = 500
MAX_LEAVES = 255
MAX_NEIGHBOURS = 500
MIN_CLUSTERS = 2
MAX_CLUSTERS = 10


class Limits(BaseModel):
    """What a client must keep within. The values of a server are its settings; these are the defaults."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # The experiment
    samples: int = MAX_SAMPLES
    classes: int = MAX_CLASSES
    layers: int = MAX_LAYERS
    units: int = MAX_UNITS
    inputs: int = MAX_INPUTS
    drawn_points: int = MAX_DRAWN_POINTS
    steps: int = MAX_STEPS
    text_bytes: int = MAX_TEXT_BYTES
    formulas: int = MAX_FORMULAS
    formula_length: int = MAX_FORMULA_LENGTH
    noise_columns: int = MAX_NOISE_COLUMNS
    batch_size: int = MAX_BATCH_SIZE
    pins: int = MAX_PINS
    clamps: int = MAX_HELD_UNITS
    frozen_units: int = MAX_HELD_UNITS
    seed: int = MAX_SEED
    memory_bytes: int = 1 << 30
    """Estimated memory of one session's training; a larger network is refused before it is compiled."""

    # Messages
    message_bytes: int = 256 * 1024
    body_bytes: int = 256 * 1024
    weights_bytes: int = 512 * 1024 * 1024
    """A weight file: the largest network within `memory_bytes` with all that its optimizer keeps."""
    json_depth: int = 32
    patch_operations: int = 512
    messages_per_second: float = 30.0
    message_burst: int = 60
    hello_secs: float = 10.0
    requests_per_second: float = 50.0
    """HTTP requests that make something (sessions, samples), per server."""
    request_burst: int = 100

    # Frames and probes
    frame_bytes: int = 1 << 20
    frames_per_second: float = 60.0
    frames_in_flight: int = 2
    probe_share: float = 0.20
    """Share of a session's time that may go into answering probes."""
    subscriptions_per_viewer: int = 32
    probes_per_session: int = 128
    sample_rows: int = 2_000
    """Rows one `predictions` subscription or one sample request may ask for."""
    predict_rows: int = 2_000
    """Rows that one request may ask predictions for."""
    generated_characters: int = 500
    """That one request may have written."""
    texts_waiting: int = 8
    """Behind the one that a session's network is writing."""
    weight_cells: int = 65_536
    step_updates: int = 10_000
    set_cells: int = 1_024
    """Weights and biases that one message may set."""
    rate_test_steps: int = 500
    probe_operations: int = 20_000_000_000
    """Multiplications that one answer of a probe may take, as they are counted for layers."""
    attribution_steps: int = 512
    """Steps from the baseline to the sample."""
    occlusions: int = 4_096
    """Windows that one explanation covers."""
    importance_units: int = 4_096
    ideal_steps: int = 512
    max_updates_per_second: float = 1e6
    metrics_points: int = 4_000

    # Uploads
    upload_bytes: int = 512 << 20
    upload_rows: int = 2_000_000
    upload_columns: int = 4_096
    upload_cells: int = 200_000_000
    """Rows times columns of a table, or values of all images together."""
    unpacked_bytes: int = 1 << 30
    """Of what is compressed in a file."""
    image_side: int = 32
    """Images are made to fit into a square of so many pixels."""
    paste_bytes: int = 1 << 20
    uploads: int = 32
    """At once."""
    reader_memory_bytes: int = 5 << 29
    """Address space of the process that reads a file."""
    datasets: int = 500
    datasets_bytes: int = 8 << 30
    free_disk_bytes: int = 1 << 30
    """With less than this left on the disk nothing is taken in."""

    # Jobs in processes of their own
    errands: int = 2
    """Run at once, at a low priority."""
    errands_waiting: int = 32

    # Lifetime
    sessions: int = 64
    viewers_per_session: int = 500
    sockets: int = 2_000
    viewer_stall_secs: float = 10.0
    """A viewer that acknowledges nothing for this long while frames wait is closed with 4408."""
    unwatched_pause_secs: float = 60.0
    snapshot_secs: float = 5.0


FIXED = frozenset({
    "samples", "classes", "layers", "units", "inputs", "drawn_points", "steps", "text_bytes", "formulas",
    "formula_length", "noise_columns", "batch_size", "pins", "clamps", "frozen_units", "seed", "json_depth",
    "patch_operations", "sample_rows",
    "predict_rows", "generated_characters", "weight_cells", "step_updates", "set_cells", "rate_test_steps",
    "max_updates_per_second",
    "probe_operations", "attribution_steps", "occlusions", "importance_units", "ideal_steps",
})  # fmt: skip
"""Bounds of documents and messages: they stand in the schemas, so every server has the same. Clients are told them like
the others, but a server cannot be set to other ones."""
