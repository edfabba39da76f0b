/** What the stream `judgement` says, by name instead of by place (docs/wire.md). Pure. */
import type { TensorView } from '../wire/frame';

interface Judged {
  /** Places of the judged rows in their split. */
  rows: ArrayLike<number>;
  /** Rows of the split; more than were judged where it is large. */
  of: number;
  /** Of each judged row, as it is trained on. */
  loss: ArrayLike<number>;
  /** Places in `rows`, the worst first. */
  worst: number[];
}

/** Of one class, or a mean over classes. NaN where there is no such figure. */
export interface ClassFigures {
  precision: number;
  recall: number;
  f1: number;
  auc: number;
  averagePrecision: number;
  support: number;
}

/** Points along a curve, from its beginning at 0. */
export interface CurvePoint {
  x: number;
  y: number;
  threshold: number;
}

export interface Bin {
  said: number;
  happened: number;
  rows: number;
}

export interface ClassJudgement extends Judged {
  kind: 'classes';
  classes: number;
  actual: ArrayLike<number>;
  predicted: ArrayLike<number>;
  accuracy: number;
  logLoss: number;
  brier: number;
  calibrationError: number;
  byClass: ClassFigures[];
  macro: ClassFigures;
  weighted: ClassFigures;
  /** Row by row: actual × predicted. */
  confusion: ArrayLike<number>;
  /** By class; null where the server drew none, an empty curve where that class has none. */
  roc: CurvePoint[][] | null;
  precisionRecall: CurvePoint[][] | null;
  /** The answer's own probability first, then each class; null where the network has no probabilities. */
  calibration: Bin[][] | null;
}

interface NumberFigures {
  r2: number;
  meanAbsolute: number;
  rootMeanSquared: number;
  medianAbsolute: number;
  largest: number;
}

export interface NumberJudgement extends Judged, NumberFigures {
  kind: 'numbers';
  actual: ArrayLike<number>;
  predicted: ArrayLike<number>;
  histogram: ArrayLike<number>;
  /** The histogram covers −reach to +reach. */
  reach: number;
}

export interface VectorJudgement extends Judged, NumberFigures {
  kind: 'vectors';
  outputs: { r2: number; meanSquared: number }[];
}

export type Judgement = ClassJudgement | NumberJudgement | VectorJudgement;

/** Null until all of it is there. */
export function readJudgement(get: (name: string) => TensorView | undefined): Judgement | null {
  const data = (name: string): ArrayLike<number> => get(name)?.data ?? [];
  const figures = data('figures');
  if (!get('rows') || figures.length === 0) return null;
  const judged: Judged = {
    rows: data('rows'),
    of: data('of')[0] ?? 0,
    loss: data('loss'),
    worst: Array.from(data('worst')),
  };
  const confusion = get('confusion');
  if (confusion) return { ...judged, ...classesOf(get, data, confusion, figures) };
  const numbers = numbersOf(figures);
  const outputs = get('outputs');
  if (outputs) return { ...judged, ...numbers, kind: 'vectors', outputs: pairs(outputs) };
  return {
    ...judged,
    ...numbers,
    kind: 'numbers',
    actual: data('actual'),
    predicted: data('predicted'),
    histogram: data('histogram'),
    reach: data('histogram.range')[1] ?? 1,
  };
}

/** Places of the rows in one cell of the confusion matrix. */
export function rowsOfCell(judgement: ClassJudgement, actual: number, predicted: number): number[] {
  const found: number[] = [];
  for (let place = 0; place < judgement.actual.length; place++) {
    if (judgement.actual[place] === actual && judgement.predicted[place] === predicted) found.push(place);
  }
  return found;
}

function classesOf(
  get: (name: string) => TensorView | undefined,
  data: (name: string) => ArrayLike<number>,
  confusion: TensorView,
  figures: ArrayLike<number>,
): Omit<ClassJudgement, keyof Judged> {
  const [macro, weighted] = classFigures(data('averages'));
  const byClass = classFigures(data('classes'));
  return {
    kind: 'classes',
    classes: confusion.shape[0] ?? 0,
    actual: data('actual'),
    predicted: data('predicted'),
    accuracy: figures[0] ?? NaN,
    logLoss: figures[1] ?? NaN,
    brier: figures[2] ?? NaN,
    calibrationError: figures[3] ?? NaN,
    byClass,
    macro: macro ?? NONE,
    weighted: weighted ?? NONE,
    confusion: confusion.data,
    roc: curves(get('roc')),
    precisionRecall: curves(get('precision_recall')),
    calibration: bins(get('calibration')),
  };
}

const NONE: ClassFigures = { precision: NaN, recall: NaN, f1: NaN, auc: NaN, averagePrecision: NaN, support: 0 };
const CLASS_COLUMNS = 6;
const COORDINATES = 3;

function classFigures(table: ArrayLike<number>): ClassFigures[] {
  return Array.from({ length: table.length / CLASS_COLUMNS }, (_, row) => {
    const at = (column: number): number => table[row * CLASS_COLUMNS + column] ?? NaN;
    return { precision: at(0), recall: at(1), f1: at(2), auc: at(3), averagePrecision: at(4), support: at(5) };
  });
}

/** (groups, points, 3) as lists of triples. */
function triples(tensor: TensorView): [number, number, number][][] {
  const [groups = 0, points = 0] = tensor.shape;
  return Array.from({ length: groups }, (_, group) =>
    Array.from({ length: points }, (_, point) => {
      const at = (group * points + point) * COORDINATES;
      return [tensor.data[at] ?? NaN, tensor.data[at + 1] ?? NaN, tensor.data[at + 2] ?? NaN];
    }),
  );
}

/** A short curve comes with repeated points; here each is once. */
function curves(tensor: TensorView | undefined): CurvePoint[][] | null {
  if (!tensor) return null;
  return triples(tensor).map((points) =>
    points
      .filter(([x, y], place) => {
        const before = points[place - 1];
        return !Number.isNaN(x) && !(before && before[0] === x && before[1] === y);
      })
      .map(([x, y, threshold]) => ({ x, y, threshold })),
  );
}

function bins(tensor: TensorView | undefined): Bin[][] | null {
  return tensor ? triples(tensor).map((all) => all.map(([said, happened, rows]) => ({ said, happened, rows }))) : null;
}

function numbersOf(figures: ArrayLike<number>): NumberFigures {
  return {
    r2: figures[0] ?? NaN,
    meanAbsolute: figures[1] ?? NaN,
    rootMeanSquared: figures[2] ?? NaN,
    medianAbsolute: figures[3] ?? NaN,
    largest: figures[4] ?? NaN,
  };
}

function pairs({ data, shape }: TensorView): { r2: number; meanSquared: number }[] {
  return Array.from({ length: shape[0] ?? 0 }, (_, output) => ({
    r2: data[output * 2] ?? NaN,
    meanSquared: data[output * 2 + 1] ?? NaN,
  }));
}
