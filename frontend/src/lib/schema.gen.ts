// GENERATED from the pydantic models by scripts/gen-schema.mjs (`npm run schema`); do not edit.

/** The frame with this `seq` (and all before it) was painted. Not rate-counted, not answered. */
export interface Ack {
  type: 'ack';
  seq: number;
}

/** s ← s + g²,  w ← w − lr·g / (√s + ε)  (Duchi et al. 2011) */
export interface Adagrad {
  type: 'adagrad';
  learning_rate: number;
  eps: number;
}

/** Kingma & Ba 2015, bias-corrected */
export interface Adam {
  type: 'adam';
  learning_rate: number;
  b1: number;
  b2: number;
  eps: number;
}

/** Adam with decoupled weight decay on weights, not biases (Loshchilov & Hutter 2019) */
export interface AdamW {
  type: 'adamw';
  learning_rate: number;
  b1: number;
  b2: number;
  eps: number;
  weight_decay: number;
}

/** The sum of what it reads, number by number: a skip connection where one of them is what came before. */
export interface Add {
  type: 'add';
  name?: string | null;
  inputs?: string[] | null;
}

/**
 * Multi-head self-attention: per head softmax(Q Kᵀ / √d) V, heads side by side, projected (Vaswani et al. 2017).
 * `causal`: no step sees those after it.
 */
export interface Attention {
  type: 'attention';
  name?: string | null;
  inputs?: string[] | null;
  initializer: 'glorot_uniform' | 'glorot_normal' | 'he_uniform' | 'he_normal' | 'lecun_normal' | 'zeros' | 'playground';
  regularization?: Regularization | null;
  frozen: boolean;
  heads: number;
  causal: boolean;
}

/**
 * Further training pictures, made from those of the training split: every picture comes `copies` times more, each
 * time moved by up to `shift` pixels, turned by up to `rotate` degrees, in `flip` every other one mirrored left to
 * right, and with Gaussian `noise` of that share of white.
 */
export interface Augmentation {
  copies: number;
  shift: number;
  rotate: number;
  flip: boolean;
  noise: number;
}

/** The mean of every window; what lies beyond the edge does not count. */
export interface AvgPool2d {
  type: 'avg_pool2d';
  name?: string | null;
  inputs?: string[] | null;
  window: number | [number, number];
  stride?: number | [number, number] | null;
  padding: 'same' | 'valid' | number;
}

/**
 * (x − mean) / √(variance + eps) · gain + bias per channel or feature (Ioffe & Szegedy 2015).
 *
 * While training, mean and variance are the batch's; running ones, `momentum` of the old and the rest of the new,
 * are what the trained network uses.
 */
export interface BatchNorm {
  type: 'batch_norm';
  name?: string | null;
  inputs?: string[] | null;
  frozen: boolean;
  momentum: number;
  eps: number;
}

/**
 * A real data set that comes with scikit-learn, standardised, split with a seed.
 *
 * `size` belongs to digits only: pixels on a side, drawn larger from the 8 that they were scanned with; 8 if left out.
 */
export interface BundledData {
  train_fraction: number;
  seed: number;
  formulas: Formula[];
  noise_columns: number;
  switched_off: string[];
  label_noise: number;
  goal: 'predict' | 'reconstruct';
  augmentation?: Augmentation | null;
  source: 'bundled';
  name: 'digits' | 'iris' | 'wine' | 'breast_cancer' | 'diabetes';
  size?: 8 | 16 | 28 | 32 | null;
}

export interface Catalog {
  version: string;
  data_sets: DataSetFacts[];
  sample_text: string;
  public_sets: PublicSet[];
  features: string[];
  formula_functions: string[];
  formula_constants: string[];
  layers: string[];
  activations: string[];
  initializers: string[];
  losses: string[];
  class_losses: string[];
  class_weights: string[];
  schedules: string[];
  clippings: string[];
  stop_metrics: string[];
  optimizers: string[];
  regularizations: string[];
  map_resolutions: number[];
  stories: Story[];
  presets: Preset[];
  first_preset: string;
  lesson_controls: LessonControl[];
  models: ModelFacts[];
  limits: Limits;
  schemas: Record<string, unknown>;
}

/**
 * One weight or bias, by the unit it feeds and where it comes from.
 *
 * `source`: the index of a unit in the layer before, of a convolution's kernel counted channel by channel and row by
 * row; for a layer that reads `x` as a list of numbers, the name of an input. Null is the bias.
 */
export interface Cell {
  layer: string;
  unit: number;
  source?: number | string | null;
  value: number;
}

export interface CheckError {
  code: string;
  message: string;
  field: string;
  repair?: Repair | null;
}

/** `POST /api/experiments/check`: what is wrong with it is no error of the request, `Checked` lists it. */
export interface CheckExperiment {
  experiment: Record<string, unknown>;
}

/**
 * Answer to `POST /api/experiments/check`. `input` is what `x` is. Layers that cannot be understood, and those that
 * need them, are left out; the last is `output`.
 */
export interface Checked {
  parameters: number;
  input: number[];
  input_kind: 'vector' | 'picture' | 'sequence' | 'signal' | 'tokens';
  layers: LayerCheck[];
  errors: CheckError[];
}

/**
 * A unit that answers `value` whatever it reads, at all its places: 0 silences it. Of a repeated block it is what
 * the last turn makes.
 */
export interface Clamp {
  layer: string;
  unit: number;
  value: number;
}

export type ClientMessage =
  | Hello
  | Control
  | Edit
  | SetWeights
  | RateTest
  | SubscribeMaps
  | SubscribeActivations
  | SubscribeUnit
  | SubscribeWeights
  | SubscribeGradients
  | SubscribeStatistics
  | SubscribeDistributions
  | SubscribePredictions
  | SubscribeJudgement
  | SubscribeCodes
  | SubscribeInside
  | SubscribeProjection
  | SubscribeBackward
  | SubscribeUpdate
  | SubscribeExplanation
  | SubscribeImportance
  | SubscribeExcites
  | SubscribeIdeal
  | SubscribeInfluence
  | SubscribeMislabelled
  | Unsubscribe
  | Ack;

/**
 * Bounds the gradient of a batch before the optimizer and before L2 see it.
 *
 * `value`: every number to −limit..limit. `norm`: the whole gradient is scaled down so that its Euclidean norm over
 * all parameters that train is at most the limit (Pascanu et al. 2013).
 */
export interface Clipping {
  type: 'none' | 'value' | 'norm';
  limit: number;
}

/** `share` of the fitted rows; the centre in the plane that is shown. */
export interface Cluster {
  rows: number;
  share: number;
  centre: [number, number];
  ellipse?: Ellipse | null;
}

/** What another number of clusters would give: the mean silhouette of as many rows as `silhouette_rows`. */
export interface ClusterChoice {
  clusters: number;
  silhouette: number | null;
}

/**
 * Answer to `POST /api/models` for a model that looks for clusters among the inputs of the training rows, without
 * their labels.
 */
export interface Clustering {
  kind: 'clustering';
  type: string;
  fitted_rows: number;
  train_rows: number;
  fit_secs: number;
  axes: [string, string];
  shown_variance: number;
  clusters: Cluster[];
  assignments: number[];
  labels: number[];
  positions: [number, number][];
  silhouette?: number | null;
  silhouette_rows: number;
  adjusted_rand?: number | null;
  choice: ClusterChoice[];
  notes: string[];
}

/**
 * Of the standardised inputs: what one standard deviation of that input adds. One row for numbers and two classes
 * (evidence for the second), else one per class.
 */
export interface Coefficients {
  kind: 'coefficients';
  inputs: string[];
  rows: string[];
  values: number[][];
  intercepts: number[];
}

/**
 * Two columns span the plane; `others` says where it holds the rest: at their training mean or median, or where a
 * sample has them.
 */
export interface ColumnAxes {
  type: 'columns';
  columns: [string, string];
  others?: 'mean' | 'median' | SampleAt | SampleValues;
}

/**
 * One column. Dates are counted in days since 1970; `earliest` and `latest` say them in words.
 *
 * `categories` are the values, most frequent first and at most 100, `counts` how often each occurs, `others` how many
 * cells hold a further one. Numbers have them too as long as there are few different ones: they may be classes.
 */
export interface ColumnSheet {
  name: string;
  type: 'number' | 'category' | 'boolean' | 'date' | 'text' | 'image';
  missing: number;
  distinct?: number | null;
  low?: number | null;
  high?: number | null;
  mean?: number | null;
  std?: number | null;
  earliest?: string | null;
  latest?: string | null;
  histogram?: Histogram | null;
  categories: string[];
  counts: number[];
  others: number;
  image_shape?: [number, number, number] | null;
}

/** The plane through the mean of the training inputs along their first two principal components. */
export interface ComponentAxes {
  type: 'components';
}

/** What it reads side by side: channels of pictures and signals, features of vectors and sequences. */
export interface Concat {
  type: 'concat';
  name?: string | null;
  inputs?: string[] | null;
}

/** 1 */
export interface ConstantSchedule {
  warmup: number;
  type: 'constant';
}

/**
 * Owner only. `play` and `pause` are idempotent; `step` is done when its updates are; `rewind` goes back to the
 * last finite moment before a divergence.
 */
export interface Control {
  type: 'control';
  request: number;
  action: 'play' | 'pause' | 'step' | 'reset' | 'rewind';
  updates?: number;
  updates_per_second?: number | null;
}

/**
 * A convolution along one axis: over the steps of a sequence (steps, features), its features as channels; over the
 * length of a signal (channels, length).
 */
export interface Conv1d {
  type: 'conv1d';
  name?: string | null;
  inputs?: string[] | null;
  initializer: 'glorot_uniform' | 'glorot_normal' | 'he_uniform' | 'he_normal' | 'lecun_normal' | 'zeros' | 'playground';
  regularization?: Regularization | null;
  frozen: boolean;
  channels: number;
  kernel: number;
  stride: number;
  padding: 'same' | 'valid' | number;
  dilation: number;
  groups: number;
  activation: 'relu' | 'leaky_relu' | 'tanh' | 'sigmoid' | 'gelu' | 'silu' | 'elu' | 'softplus' | 'sine' | 'linear';
}

/** z[k] = Σ_c W[k, c] ⋆ x[c] + b[k], a = activation(z): pictures to pictures (cross-correlation, as everywhere). */
export interface Conv2d {
  type: 'conv2d';
  name?: string | null;
  inputs?: string[] | null;
  initializer: 'glorot_uniform' | 'glorot_normal' | 'he_uniform' | 'he_normal' | 'lecun_normal' | 'zeros' | 'playground';
  regularization?: Regularization | null;
  frozen: boolean;
  channels: number;
  kernel: number | [number, number];
  stride: number | [number, number];
  padding: 'same' | 'valid' | number;
  dilation: number | [number, number];
  groups: number;
  activation: 'relu' | 'leaky_relu' | 'tanh' | 'sigmoid' | 'gelu' | 'silu' | 'elu' | 'softplus' | 'sine' | 'linear';
}

/**
 * A convolution the other way round: every number of the input adds its copy of the kernel to the output, `stride`
 * places apart. `valid` keeps all of it, `same` as much as the input's size times the stride, a number leaves so many
 * rows and columns out on each side.
 */
export interface ConvTranspose2d {
  type: 'conv_transpose2d';
  name?: string | null;
  inputs?: string[] | null;
  initializer: 'glorot_uniform' | 'glorot_normal' | 'he_uniform' | 'he_normal' | 'lecun_normal' | 'zeros' | 'playground';
  regularization?: Regularization | null;
  frozen: boolean;
  channels: number;
  kernel: number | [number, number];
  stride: number | [number, number];
  padding: 'same' | 'valid' | number;
  activation: 'relu' | 'leaky_relu' | 'tanh' | 'sigmoid' | 'gelu' | 'silu' | 'elu' | 'softplus' | 'sine' | 'linear';
}

/** floor + (1 − floor)·½(1 + cos(π·min(t, updates) / updates))  (Loshchilov & Hutter 2017, without restarts) */
export interface CosineSchedule {
  warmup: number;
  type: 'cosine';
  updates: number;
  floor: number;
}

/** `POST /api/sessions`: an experiment, a preset's name, or neither for the default experiment. */
export interface CreateSession {
  experiment?: Record<string, unknown> | null;
  preset?: string | null;
  play?: boolean;
  updates_per_second?: number | null;
}

/** `classes` are names in label order (empty without classes); `columns` the raw input columns. */
export interface DataSetFacts {
  source: 'synthetic' | 'bundled' | 'drawn' | 'upload' | 'pictures' | 'sequences' | 'text';
  name: string;
  title: string;
  sentence: string;
  task: 'classification' | 'regression' | 'reconstruction';
  kind: 'plane' | 'table' | 'image' | 'sequence' | 'tokens';
  classes: string[];
  columns: string[];
  target: string;
  rows?: number | null;
  image_shape?: [number, number] | null;
  input_shape?: number[] | null;
  vocabulary?: number | null;
  positions?: number | null;
  takes_classes: boolean;
}

/** `task`, `target` and `inputs` are suggestions; `notes` say what was done to the file to read it. */
export interface DataSheet {
  id: string;
  title: string;
  format: string;
  rows: number;
  stored_bytes: number;
  columns: ColumnSheet[];
  preview: ((string | null)[])[];
  task: 'classification' | 'regression' | null;
  target: string | null;
  inputs: string[];
  notes: string[];
}

/** Yes-or-no questions, one input at a time. */
export interface DecisionTree {
  type?: 'decision_tree';
  max_depth?: number;
  min_leaf?: number;
}

/** A fully connected layer: a = activation(W x + b). Reads sequences step by step, pictures as one vector. */
export interface Dense {
  type: 'dense';
  name?: string | null;
  inputs?: string[] | null;
  initializer: 'glorot_uniform' | 'glorot_normal' | 'he_uniform' | 'he_normal' | 'lecun_normal' | 'zeros' | 'playground';
  regularization?: Regularization | null;
  frozen: boolean;
  units: number;
  activation: 'relu' | 'leaky_relu' | 'tanh' | 'sigmoid' | 'gelu' | 'silu' | 'elu' | 'softplus' | 'sine' | 'linear';
  dropout: number;
}

/** Where the loss stopped being finite, and the update one click goes back to. */
export interface Divergence {
  update: number;
  layer?: string | null;
  what?: 'weights' | 'activations' | 'gradients' | 'loss' | null;
  good_update: number;
  located: boolean;
}

/** Answers one request. A subscription's carries `channel` and the stream's facts (`docs/wire.md`). */
export interface Done {
  type: 'done';
  request: number;
  revision?: number | null;
  update?: number | null;
  channel?: string | null;
  [fact: string]: unknown;
}

/**
 * Points that someone put on the plane by hand: (x1, x2, label) each.
 *
 * The label is a class index below `classes`, or for regression a number from -1 to 1 (`classes` then says nothing).
 */
export interface DrawnData {
  train_fraction: number;
  seed: number;
  formulas: Formula[];
  noise_columns: number;
  switched_off: string[];
  label_noise: number;
  goal: 'predict' | 'reconstruct';
  augmentation?: Augmentation | null;
  source: 'drawn';
  points: [number, number, number][];
  task: 'classification' | 'regression';
  classes: number;
  features: ('x1' | 'x2' | 'x1^2' | 'x2^2' | 'x1*x2' | 'sin(x1)' | 'sin(x2)')[];
}

/**
 * Silences a share of the numbers it reads in an update, drawn anew for every row; the others speak 1 / (1 − rate)
 * times as loud (Srivastava et al. 2014, inverted). Only while training.
 */
export interface Dropout {
  type: 'dropout';
  name?: string | null;
  inputs?: string[] | null;
  rate: number;
}

/** Owner only. An RFC 6902 patch over the experiment of revision `base`. */
export interface Edit {
  type: 'edit';
  request: number;
  base: number;
  patch: Record<string, unknown>[];
}

/** Where the cloud has one standard deviation: half-axes, and the turn of the first from the horizontal, radians. */
export interface Ellipse {
  half_axes: [number, number];
  turn: number;
}

/**
 * A vector of `units` numbers for every token: row number x of a table. Numbers are taken to the nearest whole one
 * of the table. `vocabulary` defaults to that of the data.
 */
export interface Embedding {
  type: 'embedding';
  name?: string | null;
  inputs?: string[] | null;
  initializer: 'glorot_uniform' | 'glorot_normal' | 'he_uniform' | 'he_normal' | 'lecun_normal' | 'zeros' | 'playground';
  regularization?: Regularization | null;
  frozen: boolean;
  units: number;
  vocabulary?: number | null;
}

/** Answers one request, or, with `request` null, what could not be read. */
export interface ErrorMessage {
  type: 'error';
  request: number | null;
  code: string;
  message: string;
  field?: string | null;
  [fact: string]: unknown;
}

/** Data + network + training + seeds. The default is TensorFlow Playground's. */
export interface Experiment {
  version: 1;
  data: SyntheticData | BundledData | DrawnData | UploadedData | PicturesData | SequencesData | TextData;
  network: Network;
  training: Training;
}

/** The experiment after an edit, to everyone, with the update at which it took effect. */
export interface ExperimentMessage {
  type: 'experiment';
  revision: number;
  update: number;
  experiment: Experiment;
}

/** factor^(t / every) */
export interface ExponentialSchedule {
  warmup: number;
  type: 'exponential';
  every: number;
  factor: number;
}

/** `POST /api/datasets/public`: one of the catalog's `public_sets`. */
export interface FetchPublicSet {
  name: 'mnist' | 'fashion_mnist' | 'cifar_10' | 'california_housing';
}

/**
 * Of one split. `loss` is as for the network: cross-entropy in nats, or half the squared error in standard
 * deviations of the target; null where the model gives no probabilities. `accuracy` and macro `f1` for classes, `r2`
 * and `mae` (in the target's own units) for numbers; scikit-learn's definitions.
 */
export interface Figures {
  rows: number;
  loss?: number | null;
  accuracy?: number | null;
  f1?: number | null;
  r2?: number | null;
  mae?: number | null;
}

/** `POST /api/models`: a model and the data to fit it on. The answer is a function of both, its times apart. */
export interface FitRequest {
  data: SyntheticData | BundledData | DrawnData | UploadedData | PicturesData | SequencesData | TextData;
  model: LinearRegression | Ridge | LogisticRegression | DecisionTree | RandomForest | GradientBoosting | NearestNeighbours | SupportVectorMachine | KMeans | GaussianMixture;
}

/** Answer to `POST /api/models` for a model that learns from labels. */
export interface FittedModel {
  kind: 'fitted';
  type: string;
  fitted_rows: number;
  train_rows: number;
  test_rows: number;
  fit_secs: number;
  predict_secs: number;
  predicted_rows: number;
  size: number;
  size_of: string;
  train: Figures;
  test: Figures;
  predictions: number[];
  map?: ModelMap | null;
  inside: Coefficients | Tree | Importances | Neighbours | SupportVectors;
  notes: string[];
}

/** All numbers as one vector, channel after channel, row after row. */
export interface Flatten {
  type: 'flatten';
  name?: string | null;
  inputs?: string[] | null;
}

/** A further input, computed from the raw columns (`spec.formula`). Its text is its name. */
export interface Formula {
  expression: string;
}

/** A unit that keeps its incoming weights and its bias while the others train. */
export interface FrozenUnit {
  layer: string;
  unit: number;
}

/** What the web process counts. A frame is received once per audience and sent once per viewer. */
export interface GatewayHealth {
  resident_bytes: number;
  sessions: number;
  sockets: number;
  frames_received: number;
  frames_sent: number;
  frames_superseded: number;
  messages_sent: number;
}

/** Each row comes from one of k Gaussian clouds, with a probability. */
export interface GaussianMixture {
  type?: 'gaussian_mixture';
  clusters?: number;
  covariance?: 'full' | 'diag' | 'spherical';
}

/**
 * `POST /api/sessions/{id}/generate`: a text to go on with. The same seed draws the same lots; at temperature 0
 * every character is the likeliest.
 */
export interface GenerateRequest {
  prompt?: string;
  characters?: number;
  temperature?: number;
  seed?: number;
}

/** The mean of every channel, or of every feature over the steps: pictures, signals and sequences to vectors. */
export interface GlobalAvgPool {
  type: 'global_avg_pool';
  name?: string | null;
  inputs?: string[] | null;
}

/** Small trees in a row, each correcting those before it (histogram-based). */
export interface GradientBoosting {
  type?: 'gradient_boosting';
  rounds?: number;
  learning_rate?: number;
  leaves?: number;
}

/** The same over groups of channels of one example, gain and bias per channel (Wu & He 2018). */
export interface GroupNorm {
  type: 'group_norm';
  name?: string | null;
  inputs?: string[] | null;
  frozen: boolean;
  groups: number;
  eps: number;
}

/** Gated recurrent unit (Cho et al. 2014): r, u = σ(…), n = tanh(W x + b + r·(U h + b′)), h ← (1 − u)·n + u·h. */
export interface Gru {
  type: 'gru';
  name?: string | null;
  inputs?: string[] | null;
  initializer: 'glorot_uniform' | 'glorot_normal' | 'he_uniform' | 'he_normal' | 'lecun_normal' | 'zeros' | 'playground';
  regularization?: Regularization | null;
  frozen: boolean;
  units: number;
  return_sequences: boolean;
}

/** Answer to `GET /api/health`. */
export interface Health {
  status: 'ok';
  version: string;
  workers: WorkerHealth[];
  gateway: GatewayHealth;
}

/** The first message of a socket. A token of the session decides the role. */
export interface Hello {
  type: 'hello';
  protocol: number;
  token: string;
}

/** Equal steps from `low` to `high`. */
export interface Histogram {
  low: number;
  high: number;
  counts: number[];
}

/** `POST /api/experiments/import`: a link of TensorFlow Playground, or an experiment file or link of ours. */
export interface ImportExperiment {
  format: 'tensorflow-playground' | 'neuroglow';
  text: string;
}

/**
 * `how`: `impurity` is the mean decrease of impurity (sums to 1); `permutation` is how much the test score drops
 * when the column is shuffled.
 */
export interface Importances {
  kind: 'importances';
  how: 'impurity' | 'permutation';
  inputs: string[];
  values: number[];
}

/** Answer to it. `notes` are sentences about what is not the same here, `hidden` names of `lesson_controls`. */
export interface ImportedExperiment {
  experiment: Experiment;
  notes: string[];
  hidden: string[];
  view: PageView;
}

/** Each row belongs to the nearest of k centres, each centre is the mean of its rows. */
export interface KMeans {
  type?: 'k_means';
  clusters?: number;
}

/**
 * `shape` is that of one example, `kind` how it is read; `parameters` are those that are learned, `operations`
 * multiply-adds of one example forwards, `bytes` the layer's share of the memory that training takes.
 */
export interface LayerCheck {
  name: string;
  inputs: string[];
  shape: number[];
  kind: 'vector' | 'picture' | 'sequence' | 'signal' | 'tokens';
  parameters: number;
  operations: number;
  bytes: number;
}

/** The same over the numbers of one example; over the features of one step in a sequence (Ba et al. 2016). */
export interface LayerNorm {
  type: 'layer_norm';
  name?: string | null;
  inputs?: string[] | null;
  frozen: boolean;
  eps: number;
}

/** `name` is what a link carries, `label` what the page calls it. */
export interface LessonControl {
  name: string;
  label: string;
}

/** What a client must keep within. The values of a server are its settings; these are the defaults. */
export interface Limits {
  samples: number;
  classes: number;
  layers: number;
  units: number;
  inputs: number;
  drawn_points: number;
  steps: number;
  text_bytes: number;
  formulas: number;
  formula_length: number;
  noise_columns: number;
  batch_size: number;
  pins: number;
  clamps: number;
  frozen_units: number;
  seed: number;
  memory_bytes: number;
  message_bytes: number;
  body_bytes: number;
  weights_bytes: number;
  json_depth: number;
  patch_operations: number;
  messages_per_second: number;
  message_burst: number;
  hello_secs: number;
  requests_per_second: number;
  request_burst: number;
  frame_bytes: number;
  frames_per_second: number;
  frames_in_flight: number;
  probe_share: number;
  subscriptions_per_viewer: number;
  probes_per_session: number;
  sample_rows: number;
  predict_rows: number;
  generated_characters: number;
  texts_waiting: number;
  weight_cells: number;
  step_updates: number;
  set_cells: number;
  rate_test_steps: number;
  probe_operations: number;
  attribution_steps: number;
  occlusions: number;
  importance_units: number;
  ideal_steps: number;
  max_updates_per_second: number;
  metrics_points: number;
  upload_bytes: number;
  upload_rows: number;
  upload_columns: number;
  upload_cells: number;
  unpacked_bytes: number;
  image_side: number;
  paste_bytes: number;
  uploads: number;
  reader_memory_bytes: number;
  datasets: number;
  datasets_bytes: number;
  free_disk_bytes: number;
  errands: number;
  errands_waiting: number;
  sessions: number;
  viewers_per_session: number;
  sockets: number;
  viewer_stall_secs: number;
  unwatched_pause_secs: number;
  snapshot_secs: number;
}

/** The weighted sum of the inputs with the least squared error. */
export interface LinearRegression {
  type?: 'linear_regression';
}

/** A weighted sum per class, turned into probabilities; `c` is the inverse of the L2 price. */
export interface LogisticRegression {
  type?: 'logistic_regression';
  c?: number;
}

/** Numbers of the losses that have one; the others leave them alone. */
export interface LossParameters {
  gamma: number;
  delta: number;
}

/**
 * Long short-term memory (Hochreiter & Schmidhuber 1997; Gers et al. 2000): i, f, o = σ(…), g = tanh(…),
 * c ← f·c + i·g, h ← o·tanh(c).
 */
export interface Lstm {
  type: 'lstm';
  name?: string | null;
  inputs?: string[] | null;
  initializer: 'glorot_uniform' | 'glorot_normal' | 'he_uniform' | 'he_normal' | 'lecun_normal' | 'zeros' | 'playground';
  regularization?: Regularization | null;
  frozen: boolean;
  units: number;
  return_sequences: boolean;
}

/** The largest number of every window. `stride` defaults to the window: none overlap, none is left out. */
export interface MaxPool2d {
  type: 'max_pool2d';
  name?: string | null;
  inputs?: string[] | null;
  window: number | [number, number];
  stride?: number | [number, number] | null;
  padding: 'same' | 'valid' | number;
}

export interface Metrics {
  type: 'metrics';
  run: string;
  points: Point[];
}

/** `tasks` are those it can learn; none for models that look for clusters, which need no labels. */
export interface ModelFacts {
  type: string;
  title: string;
  sentence: string;
  tasks: ('classification' | 'regression' | 'reconstruction')[];
}

/**
 * The answer over the plane, as the `maps` stream gives the network's: U8 (units, r, r), row 0 the top, in base64;
 * value = low + (high − low)·u/255. `activation` says what the values are: `sigmoid` and `softmax` probabilities,
 * `linear` standard deviations of the target, `margin` a support vector machine's distance from the border.
 */
export interface ModelMap {
  resolution: number;
  domain: [number, number, number, number];
  activation: 'sigmoid' | 'softmax' | 'linear' | 'margin';
  units: number;
  low: number;
  high: number;
  levels: string;
}

export type ModelResult =
  | FittedModel
  | Clustering;

/** v ← μ·v + g,  w ← w − lr·v  (Polyak 1964, in the form of Sutskever et al. 2013) */
export interface Momentum {
  type: 'momentum';
  learning_rate: number;
  momentum: number;
}

/** The product of what it reads, number by number: a gate. */
export interface Multiply {
  type: 'multiply';
  name?: string | null;
  inputs?: string[] | null;
}

/** The vote, or the mean, of the training rows that lie nearest. */
export interface NearestNeighbours {
  type?: 'nearest_neighbours';
  neighbours?: number;
  weights?: 'uniform' | 'distance';
}

export interface Neighbours {
  kind: 'neighbours';
  neighbours: number;
  stored_rows: number;
}

/** v ← μ·v + g,  w ← w − lr·(g + μ·v)  (Sutskever et al. 2013) */
export interface Nesterov {
  type: 'nesterov';
  learning_rate: number;
  momentum: number;
}

/**
 * Hidden layers; the input `x` and the last layer `output`, which reads the last of them, are implied by the data.
 * Whether the layers fit together is for `spec.graph` to say.
 */
export interface Network {
  layers: (Dense | Conv1d | Conv2d | ConvTranspose2d | MaxPool2d | AvgPool2d | GlobalAvgPool | Flatten | Reshape | Upsample | BatchNorm | LayerNorm | GroupNorm | Embedding | PositionalEncoding | Attention | TransformerBlock | Gru | Lstm | Rnn | Add | Concat | Multiply | SparseDense | Dropout | Sampling | Repeat)[];
  output_initializer: 'glorot_uniform' | 'glorot_normal' | 'he_uniform' | 'he_normal' | 'lecun_normal' | 'zeros' | 'playground';
  output_regularization?: Regularization | null;
  output_frozen: boolean;
  pins: Cell[];
  clamps?: Clamp[] | null;
  frozen_units?: FrozenUnit[] | null;
}

/** What a link says about how the page shows the run. */
export interface PageView {
  test_samples: boolean;
  hard_edges: boolean;
}

/** `POST /api/datasets` as JSON: a table as text, the way a spreadsheet copies it (separated by tabs) or as CSV. */
export interface PastedTable {
  text: string;
  title?: string;
}

/** Met when the test loss was not lower by more than `min_delta` than its best for `epochs` epochs. */
export interface Patience {
  epochs: number;
  min_delta: number;
}

/**
 * Grey pictures of 32×32 pixels from 0 to 255 with one object each, at a random place, size, angle and contrast.
 *
 * `objects` chooses the classes. `noise` is the deviation of Gaussian noise on every pixel as a share of white.
 */
export interface PicturesData {
  train_fraction: number;
  seed: number;
  formulas: Formula[];
  noise_columns: number;
  switched_off: string[];
  label_noise: number;
  goal: 'predict' | 'reconstruct';
  augmentation?: Augmentation | null;
  source: 'pictures';
  name: 'pictures';
  objects: 'all' | 'edges' | 'corners' | 'shapes' | 'compositions';
  samples: number;
  noise: number;
}

/** Losses are means (nats, or ½ squared error); accuracy is a fraction 0..1; regression has R² instead. */
export interface Point {
  update: number;
  epoch: number;
  train_loss?: number | null;
  test_loss?: number | null;
  train_accuracy?: number | null;
  test_accuracy?: number | null;
  train_r2?: number | null;
  test_r2?: number | null;
}

/**
 * Adds to every step what tells its place: sines and cosines of falling frequency (Vaswani et al. 2017), or a
 * learned vector for each step.
 */
export interface PositionalEncoding {
  type: 'positional_encoding';
  name?: string | null;
  inputs?: string[] | null;
  initializer: 'glorot_uniform' | 'glorot_normal' | 'he_uniform' | 'he_normal' | 'lecun_normal' | 'zeros' | 'playground';
  regularization?: Regularization | null;
  frozen: boolean;
  kind: 'sinusoidal' | 'learned';
}

/** `POST /api/predict/{id}`: rows of raw columns, each a list in their order or an object by their names. */
export interface PredictRequest {
  rows: ((number | boolean | string | null)[] | Record<string, number | boolean | string | null>)[];
}

/**
 * For one row. Classes: `class` and, by class, `probabilities`, or `scores` where the loss trains none; a number:
 * `value`; the inputs rebuilt: `values`. In real units.
 */
export interface Prediction {
  class?: string | null;
  probabilities?: number[] | null;
  scores?: number[] | null;
  value?: number | null;
  values?: number[] | null;
}

/**
 * Answer to it. `columns` are those that a row has, `outputs` what is predicted: the classes, the target, or the
 * inputs that are rebuilt.
 */
export interface PredictionsMade {
  run: string;
  update: number;
  task: 'classification' | 'regression' | 'reconstruction';
  columns: string[];
  target: string;
  outputs: string[];
  predictions: Prediction[];
}

/**
 * From a raw column to inputs. All figures are taken on the training rows only.
 *
 * `missing`: what stands in for a cell without a value: a figure of the column, 0, an input of its own (`category`,
 * where categories are encoded), or nothing, then the row is left out (`drop`). `encode`: `number` as it is,
 * `category` one input per value, `ordinal` the place in the alphabet, `date_parts` year, month, day, weekday, hour.
 * `scale`: (x − mean) / deviation, to 0..1, (x − median) / interquartile range, or as it is. `categories`: how many
 * values get an input of their own, the most frequent first; the rest share one.
 */
export interface Preparation {
  missing: 'mean' | 'median' | 'most_frequent' | 'zero' | 'drop' | 'category';
  encode: 'number' | 'category' | 'ordinal' | 'date_parts' | 'pixels';
  scale: 'standard' | 'minmax' | 'robust' | 'none';
  categories: number;
}

/** An experiment that opens in one click, and the sentence it makes visible. */
export interface Preset {
  name: string;
  title: string;
  sentence: string;
  story: 'lines' | 'tasks' | 'features' | 'amount' | 'choices' | 'depth' | 'shapes' | 'inside';
  experiment: Experiment;
}

/** What a waiting person is told: the step under way, and how far it is of what is expected. */
export interface Progress {
  step: 'engine' | 'trace' | 'compile' | 'probe' | 'restore' | 'locate' | 'rate_test';
  elapsed_secs: number;
  expected_secs?: number | null;
}

/** `files` says in what form one may bring it oneself. */
export interface PublicSet {
  name: 'mnist' | 'fashion_mnist' | 'cifar_10' | 'california_housing';
  title: string;
  sentence: string;
  rows: number;
  columns: number;
  image_shape?: [number, number, number] | null;
  classes: string[];
  target: string;
  openml_id: number;
  files: string;
  dataset: string;
}

/** The mean of many trees, each grown on other rows and other inputs. */
export interface RandomForest {
  type?: 'random_forest';
  trees?: number;
  max_depth?: number;
}

/**
 * Owner only. Learning rates from `low` to `high` in equal factors, an update each, on a copy of the state: nothing
 * of the run changes. `done` carries `rates`, `losses`, `smoothed` and `suggestion` (`docs/wire.md`).
 */
export interface RateTest {
  type: 'rate_test';
  request: number;
  low?: number;
  high?: number;
  steps?: number;
}

/**
 * Acts on weights, never on biases, as TensorFlow Playground does: w ← w − lr·rate·w (l2) or −lr·rate·sign(w)
 * (l1).
 */
export interface Regularization {
  type: 'none' | 'l1' | 'l2';
  rate: number;
}

/** `patch` is an RFC 6902 patch over the experiment that was sent. */
export interface Repair {
  say: string;
  patch: Record<string, unknown>[];
}

/**
 * Its `layers`, `times` times one after the other, each time with weights of its own. Inside, `x` is what the block
 * reads, and its last layer is what it makes: of the same shape, so that it can be read again.
 */
export interface Repeat {
  type: 'repeat';
  name?: string | null;
  inputs?: string[] | null;
  layers: (Dense | Conv1d | Conv2d | ConvTranspose2d | MaxPool2d | AvgPool2d | GlobalAvgPool | Flatten | Reshape | Upsample | BatchNorm | LayerNorm | GroupNorm | Embedding | PositionalEncoding | Attention | TransformerBlock | Gru | Lstm | Rnn | Add | Concat | Multiply)[];
  times: number;
  regularization?: Regularization | null;
  frozen: boolean;
}

/** The same numbers in another shape: (features,), (channels, length) or (channels, height, width). */
export interface Reshape {
  type: 'reshape';
  name?: string | null;
  inputs?: string[] | null;
  shape: number[];
}

/** Least squares with a price on large coefficients: + alpha · Σ w². */
export interface Ridge {
  type?: 'ridge';
  alpha?: number;
}

/** v ← ρ·v + (1−ρ)·g²,  w ← w − lr·g / (√v + ε)  (Tieleman & Hinton 2012) */
export interface RmsProp {
  type: 'rmsprop';
  learning_rate: number;
  decay: number;
  eps: number;
}

/**
 * h ← tanh(W x + U h + b), from zeros (Elman 1990). With `return_sequences` the state after every step, else the
 * last.
 */
export interface Rnn {
  type: 'rnn';
  name?: string | null;
  inputs?: string[] | null;
  initializer: 'glorot_uniform' | 'glorot_normal' | 'he_uniform' | 'he_normal' | 'lecun_normal' | 'zeros' | 'playground';
  regularization?: Regularization | null;
  frozen: boolean;
  units: number;
  return_sequences: boolean;
}

/** A row of the session's own data. */
export interface SampleAt {
  split?: 'train' | 'test';
  index?: number;
}

/**
 * Raw input columns (before features and standardisation), one number per column of the data set; noise columns may
 * follow, and are 0 where they do not.
 */
export interface SampleValues {
  values: number[];
}

/** `POST /api/samples`: rows of a data set, a pure function of its spec. */
export interface SamplesRequest {
  data: SyntheticData | BundledData | DrawnData | UploadedData | PicturesData | SequencesData | TextData;
  split?: 'train' | 'test';
  from?: number;
  count?: number;
  axes?: ColumnAxes | ComponentAxes | null;
}

/**
 * mean + exp(log variance / 2) · noise while training, the mean else (Kingma & Welling 2014): reads means, then as
 * many logarithms of variances.
 *
 * The loss gains `kl_weight` times the divergence of the codes' distribution from the standard normal one,
 * −½ Σ(1 + log variance − mean² − variance), so that what lies between codes means something too.
 */
export interface Sampling {
  type: 'sampling';
  name?: string | null;
  inputs?: string[] | null;
  kl_weight: number;
}

/**
 * `length` is the number of steps that are read.
 *
 * - `sine`: noisy values of a sine of random frequency and phase -> its next value, without noise
 * - `parity`: bits -> whether the number of ones is even or odd
 * - `adding`: (value, marker) per step, two of them marked -> the sum of both values (Hochreiter & Schmidhuber 1997)
 * - `copying`: symbols, blanks, a sign to go, blanks -> at each step a token: blanks, and after the sign the symbols
 *
 * `noise` is the deviation of Gaussian noise on the values that are read; tokens have none.
 */
export interface SequencesData {
  train_fraction: number;
  seed: number;
  formulas: Formula[];
  noise_columns: number;
  switched_off: string[];
  label_noise: number;
  goal: 'predict' | 'reconstruct';
  augmentation?: Augmentation | null;
  source: 'sequences';
  name: 'sine' | 'parity' | 'adding' | 'copying';
  length: number;
  samples: number;
  noise: number;
}

export type ServerMessage =
  | Welcome
  | Done
  | State
  | ExperimentMessage
  | Metrics
  | ErrorMessage;

/** Answer to `POST /api/sessions`. The tokens are shown here once; keep the owner's. */
export interface SessionCreated {
  id: string;
  run: string;
  revision: number;
  state: 'compiling' | 'running' | 'paused' | 'diverged' | 'failed' | 'closed';
  owner_token: string;
  viewer_token: string;
  experiment: Experiment;
}

export interface SessionInfo {
  id: string;
  state: 'compiling' | 'running' | 'paused' | 'diverged' | 'failed' | 'closed';
  run: string;
  revision: number;
  update: number;
  epoch: number;
  experiment: Experiment;
}

/** Owner only. Weights and biases set by hand; training goes on from there, the experiment stays what it is. */
export interface SetWeights {
  type: 'set_weights';
  request: number;
  cells: Cell[];
}

/** w ← w − lr·g */
export interface Sgd {
  type: 'sgd';
  learning_rate: number;
}

/** `rows`: those that are left when rows without a target, and those to be dropped, are left out. */
export interface Sheet {
  title: string;
  rows: number;
  columns: SheetColumn[];
}

/** Facts of a chosen column. `categories`: as far as they are told apart here, most frequent first. */
export interface SheetColumn {
  name: string;
  type: 'number' | 'category' | 'boolean' | 'date' | 'text' | 'image';
  categories: string[];
  more: boolean;
  image_shape?: [number, number, number] | null;
}

/**
 * A dense layer with a part of its connections: a = activation((W ∘ M) x + b), M of zeros and ones.
 *
 * `method`: `random` keeps a share `density` of every unit's connections, drawn with the seed; `magnitude` keeps the
 * largest weights of the layer at the moment the edit takes effect. `cut` and `restored` are single connections on
 * top of that.
 */
export interface SparseDense {
  type: 'sparse_dense';
  name?: string | null;
  inputs?: string[] | null;
  initializer: 'glorot_uniform' | 'glorot_normal' | 'he_uniform' | 'he_normal' | 'lecun_normal' | 'zeros' | 'playground';
  regularization?: Regularization | null;
  frozen: boolean;
  units: number;
  activation: 'relu' | 'leaky_relu' | 'tanh' | 'sigmoid' | 'gelu' | 'silu' | 'elu' | 'softplus' | 'sine' | 'linear';
  dropout: number;
  density: number;
  method: 'random' | 'magnitude';
  cut: [number, number][];
  restored: [number, number][];
}

/** The session's state, to everyone, whenever it changes. */
export interface State {
  type: 'state';
  state: 'compiling' | 'running' | 'paused' | 'diverged' | 'failed' | 'closed';
  run: string;
  update: number;
  epoch: number;
  from_update?: number | null;
  progress?: Progress | null;
  reason?: string | null;
  divergence?: Divergence | null;
  updates_per_second?: number | null;
  frame_scale?: number | null;
}

/** factor^⌊t / every⌋ */
export interface StepSchedule {
  warmup: number;
  type: 'step';
  every: number;
  factor: number;
}

/** Each rule that is there stands for itself; the first one met pauses the run. */
export interface Stop {
  epochs?: number | null;
  seconds?: number | null;
  target?: Target | null;
  patience?: Patience | null;
}

/** `sentence` says the idea in plain words. */
export interface Story {
  name: 'lines' | 'tasks' | 'features' | 'amount' | 'choices' | 'depth' | 'shapes' | 'inside';
  title: string;
  sentence: string;
}

export type Subscribe =
  | SubscribeMaps
  | SubscribeActivations
  | SubscribeUnit
  | SubscribeWeights
  | SubscribeGradients
  | SubscribeStatistics
  | SubscribeDistributions
  | SubscribePredictions
  | SubscribeJudgement
  | SubscribeCodes
  | SubscribeInside
  | SubscribeProjection
  | SubscribeBackward
  | SubscribeUpdate
  | SubscribeExplanation
  | SubscribeImportance
  | SubscribeExcites
  | SubscribeIdeal
  | SubscribeInfluence
  | SubscribeMislabelled;

/** Each unit's activation for one sample. */
export interface SubscribeActivations {
  type: 'subscribe';
  request: number;
  max_fps?: number;
  stream: 'activations';
  layers?: 'all' | string[];
  sample?: SampleAt | SampleValues;
}

/** One row's loss, its slopes at one layer, and what an update along them would make of the parameters. */
export interface SubscribeBackward {
  type: 'subscribe';
  request: number;
  max_fps?: number;
  stream: 'backward';
  layer: string;
  sample?: SampleAt;
}

/** What one layer makes of the first rows of a split: the code of an autoencoder, for instance. */
export interface SubscribeCodes {
  type: 'subscribe';
  request: number;
  max_fps?: number;
  stream: 'codes';
  layer: string;
  split?: 'train' | 'test';
  count?: number;
}

/** How one layer's weights, gradients and activations were spread over the run so far. */
export interface SubscribeDistributions {
  type: 'subscribe';
  request: number;
  max_fps?: number;
  stream: 'distributions';
  layer: string;
}

/** The rows that excite one unit most. */
export interface SubscribeExcites {
  type: 'subscribe';
  request: number;
  max_fps?: number;
  stream: 'excites';
  layer: string;
  unit: number;
  split?: 'train' | 'test';
  count?: number;
  top?: number;
}

/** What in one sample speaks for an output, and what against it. */
export interface SubscribeExplanation {
  type: 'subscribe';
  request: number;
  max_fps?: number;
  stream: 'explanation';
  method: 'saliency' | 'gradient_x_input' | 'integrated_gradients' | 'occlusion' | 'grad_cam';
  sample?: SampleAt | SampleValues;
  output?: number | null;
  step?: number | null;
  layer?: string | null;
  steps?: number;
  window?: number;
  stride?: number;
  baseline?: number;
}

/** Gradients of the training loss with respect to the weights, like `weights`. */
export interface SubscribeGradients {
  type: 'subscribe';
  request: number;
  max_fps?: number;
  stream: 'gradients';
  layers?: 'all' | string[];
  max_cells?: number;
}

/** An input made for one unit: by gradient ascent within the range of the data. */
export interface SubscribeIdeal {
  type: 'subscribe';
  request: number;
  max_fps?: number;
  stream: 'ideal';
  layer: string;
  unit: number;
  start?: 'mean' | 'zeros';
  steps?: number;
  rate?: number;
  l2?: number;
  variation?: number;
}

/** How much the loss rises when a unit is switched off, for every unit. "all" is every hidden layer that learns. */
export interface SubscribeImportance {
  type: 'subscribe';
  request: number;
  max_fps?: number;
  stream: 'importance';
  layers?: 'all' | string[];
  split?: 'train' | 'test';
  count?: number;
}

/** Which rows push one weight up now, and which down. */
export interface SubscribeInfluence {
  type: 'subscribe';
  request: number;
  max_fps?: number;
  stream: 'influence';
  layer: string;
  unit: number;
  source?: number | string | null;
  split?: 'train' | 'test';
  count?: number;
}

/** The magnifying glass on one layer of any type: all that it makes of one sample, and its parameters. */
export interface SubscribeInside {
  type: 'subscribe';
  request: number;
  max_fps?: number;
  stream: 'inside';
  layer: string;
  sample?: SampleAt | SampleValues;
}

/** How good the network is on one split: confusion, curves and calibration, or residuals; and its worst mistakes. */
export interface SubscribeJudgement {
  type: 'subscribe';
  request: number;
  max_fps?: number;
  stream: 'judgement';
  split?: 'train' | 'test';
}

/** Each unit's activation over a plane. "all" is every hidden layer and `output`; `x` by name. */
export interface SubscribeMaps {
  type: 'subscribe';
  request: number;
  max_fps?: number;
  stream: 'maps';
  layers?: 'all' | string[];
  units?: [number, number] | null;
  resolution?: 10 | 20 | 50 | 100;
  axes?: ColumnAxes | ComponentAxes | null;
}

/** Rows whose class is doubtful: the network is as sure of another one as it usually is where that is right. */
export interface SubscribeMislabelled {
  type: 'subscribe';
  request: number;
  max_fps?: number;
  stream: 'mislabelled';
  split?: 'train' | 'test';
  count?: number;
  top?: number;
}

/** The output for rows of one split. */
export interface SubscribePredictions {
  type: 'subscribe';
  request: number;
  max_fps?: number;
  stream: 'predictions';
  split?: 'train' | 'test';
  from?: number;
  count?: number;
}

/** Rows of a split as one layer, or `x`, sees them: where they lie along their first principal components. */
export interface SubscribeProjection {
  type: 'subscribe';
  request: number;
  max_fps?: number;
  stream: 'projection';
  layer: string;
  split?: 'train' | 'test';
  count?: number;
  components?: number;
}

/** Six figures and a histogram per layer: the health of activations and gradients. */
export interface SubscribeStatistics {
  type: 'subscribe';
  request: number;
  max_fps?: number;
  stream: 'statistics';
  layers?: 'all' | string[];
}

/** The magnifying glass on one neuron: `inputs`, `weights`, `bias`, `z`, `a`, `outgoing`, all at one update. */
export interface SubscribeUnit {
  type: 'subscribe';
  request: number;
  max_fps?: number;
  stream: 'unit';
  layer: string;
  unit: number;
  sample?: SampleAt | SampleValues;
}

/** The next update: its batch, the slopes of the batch's loss, and what it makes of one layer's parameters. */
export interface SubscribeUpdate {
  type: 'subscribe';
  request: number;
  max_fps?: number;
  stream: 'update';
  layer: string;
}

/** Weight matrices (out, in), mean-pooled beyond `max_cells`. */
export interface SubscribeWeights {
  type: 'subscribe';
  request: number;
  max_fps?: number;
  stream: 'weights';
  layers?: 'all' | string[];
  max_cells?: number;
}

/** The border with the widest margin, held by a few training rows. */
export interface SupportVectorMachine {
  type?: 'support_vector_machine';
  c?: number;
  kernel?: 'rbf' | 'linear' | 'poly';
}

/** How many training rows hold the border, per class (one entry for numbers). */
export interface SupportVectors {
  kind: 'support_vectors';
  counts: number[];
}

/**
 * Points on the plane [-6, 6]², drawn by a named generator.
 *
 * `noise` is TensorFlow Playground's slider divided by 100. `classes` belongs to blobs, moons, rings and spirals only.
 */
export interface SyntheticData {
  train_fraction: number;
  seed: number;
  formulas: Formula[];
  noise_columns: number;
  switched_off: string[];
  label_noise: number;
  goal: 'predict' | 'reconstruct';
  augmentation?: Augmentation | null;
  source: 'synthetic';
  name: 'circle' | 'xor' | 'gauss' | 'spiral' | 'plane' | 'multi_gauss' | 'blobs' | 'moons' | 'rings' | 'spirals';
  samples: number;
  noise: number;
  classes?: number | null;
  features: ('x1' | 'x2' | 'x1^2' | 'x2^2' | 'x1*x2' | 'sin(x1)' | 'sin(x2)')[];
}

/** Met when a loss is at most `value`, an accuracy or R² at least. A metric the task does not have is never met. */
export interface Target {
  metric: 'train_loss' | 'test_loss' | 'train_accuracy' | 'test_accuracy' | 'train_r2' | 'test_r2';
  value: number;
}

/**
 * Windows of `length` characters, one every `stride` characters; the beginning of the text trains, its end tests.
 *
 * Without a `text` it is a few of Shakespeare's sonnets.
 */
export interface TextData {
  train_fraction: number;
  seed: number;
  formulas: Formula[];
  noise_columns: number;
  switched_off: string[];
  label_noise: number;
  goal: 'predict' | 'reconstruct';
  augmentation?: Augmentation | null;
  source: 'text';
  name: 'text';
  text?: string | null;
  length: number;
  stride: number;
}

/**
 * Answer to it. `text` is what follows the prompt, `probabilities` the network's of each of its characters;
 * written from `from_update` to `update` of the run.
 */
export interface TextWritten {
  run: string;
  from_update: number;
  update: number;
  text: string;
  probabilities: number[];
}

/**
 * `loss` "auto" is cross-entropy for classes and squared error for regression and reconstruction.
 *
 * With one logit z for two classes (t = ±1), K logits for K, numbers y with residual r = z − y. Losses of numbers are
 * means over the outputs, of classes as written:
 * - `cross_entropy`  −log p of the true class, p = sigmoid(z) or softmax(z)
 * - `focal`          −(1 − p)^gamma·log p  (Lin et al. 2017)
 * - `hinge`          max(0, 1 − t·z); K classes: max(0, 1 + max z of the others − z of the true one) (Crammer & Singer
 *                    2001)
 * - `squared_error`  ½r²; classes: ½Σ(tanh(z) − t)², as TensorFlow Playground does
 * - `absolute_error` |r|; `huber` ½r² up to delta, then delta·(|r| − ½delta); `log_cosh` log cosh r; classes: the sum
 *                    over outputs with r = tanh(z) − t
 *
 * `class_weights` "balanced": every row's loss is multiplied with n / (K·n_k), n_k the rows of its class among the n
 * training rows, as scikit-learn does; the mean still divides by the number of rows. Numbers have no classes and are
 * left alone. A batch larger than the training set is the whole set.
 */
export interface Training {
  loss: 'auto' | 'cross_entropy' | 'focal' | 'hinge' | 'squared_error' | 'absolute_error' | 'huber' | 'log_cosh';
  loss_parameters: LossParameters;
  class_weights: 'none' | 'balanced';
  batch_size: number;
  optimizer: Sgd | Momentum | Nesterov | Adam | AdamW | RmsProp | Adagrad;
  schedule: ConstantSchedule | StepSchedule | ExponentialSchedule | CosineSchedule;
  clipping: Clipping;
  regularization: Regularization;
  stop: Stop;
  seed: number;
}

/**
 * x ← x + attention(norm(x)), then x ← x + W₂ gelu(W₁ norm(x)): the block of GPT (Radford et al. 2019), the hidden
 * layer `expansion` times as wide.
 */
export interface TransformerBlock {
  type: 'transformer_block';
  name?: string | null;
  inputs?: string[] | null;
  initializer: 'glorot_uniform' | 'glorot_normal' | 'he_uniform' | 'he_normal' | 'lecun_normal' | 'zeros' | 'playground';
  regularization?: Regularization | null;
  frozen: boolean;
  heads: number;
  causal: boolean;
  expansion: number;
}

/** Nodes in breadth-first order, the root first, down to `shown_depth` of `depth`. */
export interface Tree {
  kind: 'tree';
  nodes: TreeNode[];
  node_count: number;
  depth: number;
  shown_depth: number;
  importances: number[];
  inputs: string[];
}

/**
 * `below` and `above` are places in the list: where the input is ≤ `threshold`, and where it is larger; null in a
 * leaf, and where the tree goes on deeper than it is told. `threshold` is in the units of the data's own column where
 * the input is one, else of the input.
 */
export interface TreeNode {
  depth: number;
  rows: number;
  impurity: number;
  value: number;
  counts: number[];
  input?: string | null;
  threshold?: number | null;
  below?: number | null;
  above?: number | null;
  is_leaf: boolean;
}

export interface Unsubscribe {
  type: 'unsubscribe';
  request: number;
  channel: string;
}

/**
 * Chosen columns of an uploaded data set (`POST /api/datasets`). Without a target the goal is to reconstruct.
 *
 * Without `inputs` the server chooses: the target it suggests, unless one is given, and all other usable columns.
 */
export interface UploadedData {
  train_fraction: number;
  seed: number;
  formulas: Formula[];
  noise_columns: number;
  switched_off: string[];
  label_noise: number;
  goal: 'predict' | 'reconstruct';
  augmentation?: Augmentation | null;
  source: 'upload';
  dataset: string;
  target?: string | null;
  inputs: string[];
  task?: 'classification' | 'regression' | null;
  max_rows?: number | null;
  preparation: Record<string, Preparation>;
  sheet?: Sheet | null;
}

/** Pictures `factor` times as high and wide: every pixel repeated, or with straight lines between pixels. */
export interface Upsample {
  type: 'upsample';
  name?: string | null;
  inputs?: string[] | null;
  factor: number;
  method: 'nearest' | 'bilinear';
}

export interface Welcome {
  type: 'welcome';
  protocol: number;
  role: 'owner' | 'viewer';
  limits: Limits;
  session: SessionInfo;
  viewer_token?: string | null;
}

/** `compiles` counts every XLA compile of that worker's process, `compiling` the programs it still has to make. */
export interface WorkerHealth {
  id: string;
  state: 'starting' | 'ready' | 'failed';
  device?: string | null;
  compiles: number;
  compiling: number;
  resident_bytes: number;
}
