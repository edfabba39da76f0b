/** In words, what the canvases show. Pure. */
import type { DataSetFacts, Point, State } from './schema.gen';

const DOING: Record<State['state'], string> = {
  compiling: 'Preparing the network',
  running: 'Training',
  paused: 'Paused',
  diverged: 'Diverged',
  failed: 'Failed',
  closed: 'Closed',
};

/** Where the run is, for a live region. */
export function describeRun(status: State, update: number, point: Point | null): string {
  const said: [name: string, value: number | null | undefined, write: (value: number) => string][] = [
    ['training loss', point?.train_loss, (value) => value.toPrecision(2)],
    ['test loss', point?.test_loss, (value) => value.toPrecision(2)],
    ['test accuracy', point?.test_accuracy, (value) => `${(value * 100).toFixed(1)} per cent`],
    ['test R squared', point?.test_r2, (value) => value.toFixed(2)],
  ];
  const figures = said.flatMap(([name, value, write]) =>
    value === null || value === undefined ? [] : [`${name} ${write(value)}`],
  );
  return [`${DOING[status.state]}, update ${update.toLocaleString('en-US')}`, ...figures].join(', ');
}

/** What a map over the plane shows: which side of zero covers how much, and where. `values` row by row from the top. */
export function describeMap(
  values: Float32Array,
  facts: DataSetFacts,
  neuron: string | null,
  shownClass: number,
  who = 'The network',
): string {
  const share = values.reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0) / Math.max(1, values.length);
  const percent = `${Math.round(share * 100)} per cent of the plane`;
  const where = side(values);
  if (neuron !== null) return `${neuron} is positive on ${percent}${where}`;
  if (facts.task === 'regression') return `The prediction is above the mean on ${percent}${where}`;
  const name = facts.classes.length > 2 ? facts.classes[shownClass] : facts.classes[1];
  return `${who} answers ${name} on ${percent}${where}`;
}

/** Where the positive cells gather, if they clearly do. */
function side(values: Float32Array): string {
  const resolution = Math.round(Math.sqrt(values.length));
  let [count, right, up] = [0, 0, 0];
  values.forEach((value, cell) => {
    if (value <= 0) return;
    count += 1;
    right += ((cell % resolution) + 0.5) / resolution - 0.5;
    up += 0.5 - (Math.floor(cell / resolution) + 0.5) / resolution;
  });
  if (count === 0) return '';
  const [x, y] = [right / count, up / count];
  const CLEARLY = 0.08;
  const words = [y > CLEARLY ? 'top' : y < -CLEARLY ? 'bottom' : '', x > CLEARLY ? 'right' : x < -CLEARLY ? 'left' : ''];
  const place = words.filter(Boolean).join(' ');
  return place ? `, mostly at the ${place}` : '';
}
