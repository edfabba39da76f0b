/** Convolutions under the glass: the kernel at a place, number by number. Pure. */
import type { Conv1d, Conv2d, ConvTranspose2d } from '../../schema.gen';
import { activated } from './activated';
import type { Grid, Look, Panel, PlatePanel, Scene, Step } from './look';
import { channelTiles, chooser, kindOf, pictureGrid, plateOf, sheetOf } from './sheet';
import { cellAt, part, range, sum, within, workedOut, type Cell, type Part } from './tensors';
import { edges, pair, placeNear, taps, transposedPlaceNear, transposedTaps, type Axis, type Tap } from './windows';

/** What lies under the kernel, the kernel, and their products, channel by channel; rows and columns as tapped. */
interface Under {
  readonly channel: number;
  readonly read: Grid;
  readonly kernel: Grid;
  readonly product: Grid;
  readonly sum: number;
}

export function conv2dLook(scene: Scene & { layer: Conv2d | ConvTranspose2d }): Look {
  const { layer, inside, place } = scene;
  const [read, weight, z] = [part(inside, 'read'), part(inside, 'weight'), part(inside, 'z')];
  const isTransposed = layer.type === 'conv_transpose2d';
  const [made = 1, rows = 1, columns = 1] = z.shape;
  const [unit, row, column] = [within(place.unit, made), within(place.row, rows), within(place.column, columns)];
  const axes = pictureAxes(layer, read.shape);
  const tapped = isTransposed ? transposedTaps : taps;
  const [down, across] = [tapped(axes[0], row), tapped(axes[1], column)];
  const perGroup = weight.shape[1] ?? 1;
  const groups = 'groups' in layer ? layer.groups : 1;
  const first = Math.floor(unit / (made / groups)) * perGroup;
  const all = range(perGroup).map((channel) => under(read, weight, unit, first + channel, channel, down, across));
  const shown = within(place.channel - first, perGroup);
  const steps = addUp(scene, all, z, [unit, row, column]);
  const here = all[shown];
  const near = isTransposed ? transposedPlaceNear : placeNear;
  const a = sheetOf(part(inside, 'a'), 'picture', { ...place, unit, row, column });
  return {
    formula: isTransposed
      ? `z = Σ input × kernel, put down ${words(layer.stride)} apart, + bias; a = ${layer.activation.replaceAll('_', ' ')}(z)`
      : `z = Σ kernel × input + bias, a = ${layer.activation.replaceAll('_', ' ')}(z)`,
    choosers: [chooser('Channel', unit, made, 'unit'), ...(perGroup > 1 ? [readChooser(first, shown, perGroup)] : [])],
    panels: [
      slidingPlate(`Reads${perGroup > 1 ? ` channel ${first + shown + 1}` : ''}`, read, first + shown, axes, [down, across], {
        pad: !isTransposed,
        pick: (r, c) => ({ row: within(near(axes[0], r), rows), column: within(near(axes[1], c), columns) }),
        nudge: (r, c) => ({ row: within(row + r, rows), column: within(column + c, columns) }),
      }),
      ...(here ? [numbers(here)] : []),
      ...(perGroup > 1
        ? [
            {
              kind: 'tiles' as const, title: 'Filters', chosen: shown, isBelow: true,
              names: all.map(({ sum: total }, index) => `Channel ${first + index + 1}, sum ${total.toFixed(3)}`),
              grids: range(perGroup).map((channel) => filterGrid(weight, unit, channel)),
              pick: (index: number) => ({ channel: first + index }),
            },
          ]
        : []),
      { kind: 'steps', title: 'Adds and transforms', ...activated(layer.activation, z, part(inside, 'a'), [unit, row, column]),
        steps: [...(perGroup > 1 && here ? [{ term: 'This channel', cell: workedOut(here.sum) }] : []), ...steps] },
      plateOf('Answers', a),
      channelTiles('Channels', part(inside, 'a'), unit, (index) => ({ unit: index })),
    ],
    sweep: { count: rows * columns, now: row * columns + column, at: (index) => ({ row: Math.floor(index / columns), column: index % columns }) },
  };
}

const words = (stride: number | readonly [number, number]): string => (typeof stride === 'number' ? String(stride) : stride.join(' × '));

const readChooser = (first: number, shown: number, count: number): ReturnType<typeof chooser> => ({
  label: 'Of input channel', value: shown, count, names: range(count).map((channel) => String(first + channel + 1)),
  pick: (index) => ({ channel: first + index }),
});

function pictureAxes(layer: Conv2d | ConvTranspose2d, shape: readonly number[]): readonly [Axis, Axis] {
  const [kernel, stride] = [pair(layer.kernel), pair(layer.stride)];
  const dilation = pair('dilation' in layer ? layer.dilation : 1);
  const axis = (number: 0 | 1): Axis => ({
    size: shape[1 + number] ?? 1, kernel: kernel[number], stride: stride[number], dilation: dilation[number], padding: layer.padding,
  });
  return [axis(0), axis(1)];
}

const filterGrid = (weight: Part, unit: number, channel: number): Grid => ({
  rows: weight.shape[2] ?? 1,
  columns: weight.shape[3] ?? 1,
  at: (row, column) => cellAt(weight, unit, channel, row, column),
});

function under(read: Part, weight: Part, unit: number, channel: number, inGroup: number, down: readonly Tap[], across: readonly Tap[]): Under {
  const [, height = 1, width = 1] = read.shape;
  const readAt = (row: number, column: number): Cell | null => {
    const [r, c] = [down[row]?.at ?? -1, across[column]?.at ?? -1];
    return r < 0 || c < 0 || r >= height || c >= width ? null : cellAt(read, channel, r, c);
  };
  const kernelAt = (row: number, column: number): Cell =>
    cellAt(weight, unit, inGroup, down[row]?.kernel ?? 0, across[column]?.kernel ?? 0);
  return gathered(channel, down.length, across.length, readAt, kernelAt);
}

function gathered(
  channel: number,
  rows: number,
  columns: number,
  readAt: (row: number, column: number) => Cell | null,
  kernelAt: (row: number, column: number) => Cell,
): Under {
  const productAt = (row: number, column: number): number => (readAt(row, column)?.value ?? 0) * kernelAt(row, column).value;
  return {
    channel,
    read: { rows, columns, at: readAt },
    kernel: { rows, columns, at: kernelAt },
    product: { rows, columns, at: (row, column) => workedOut(productAt(row, column)) },
    sum: sum(range(rows).flatMap((row) => range(columns).map((column) => productAt(row, column)))),
  };
}

const numbers = ({ read, kernel, product }: Under): Panel => ({
  kind: 'numbers',
  title: 'Kernel × input',
  blocks: [
    { sign: '', title: 'input', grid: read },
    { sign: '×', title: 'kernel', grid: kernel },
    { sign: '=', title: 'products', grid: product },
  ],
});

/** Sum of the products, bias, z. */
function addUp({ inside }: Scene, all: readonly Under[], z: Part, index: readonly number[]): Step[] {
  const total = sum(all.map((one) => one.sum));
  const bias = cellAt(part(inside, 'bias'), index[0] ?? 0);
  return [
    { term: all.length > 1 ? `Sum over ${all.length} channels` : 'Sum of products', cell: workedOut(total) },
    { term: 'Bias', cell: bias },
    { term: 'Total z', cell: cellAt(z, ...index), derived: total + bias.value, isTotal: true },
  ];
}

interface Sliding {
  readonly pad: boolean;
  readonly pick: NonNullable<PlatePanel['pick']>;
  readonly nudge: NonNullable<PlatePanel['nudge']>;
}

/** A channel with what lies around it, and the window on it. */
export function slidingPlate(
  title: string,
  read: Part,
  channel: number,
  axes: readonly [Axis, Axis],
  [down, across]: readonly [readonly Tap[], readonly Tap[]],
  { pad, pick, nudge }: Sliding,
): PlatePanel {
  const [, height = 1, width = 1] = read.shape;
  const [[top, bottom], [left, right]] = pad ? [edges(axes[0]), edges(axes[1])] : [[0, 0], [0, 0]];
  const extent = (tapped: readonly Tap[], before: number): [number, number] => {
    const [from, to] = [tapped[0]?.at ?? 0, tapped.at(-1)?.at ?? 0];
    return [from + before, to - from + 1];
  };
  const [row, rows] = extent(down, top);
  const [column, columns] = extent(across, left);
  const inner = pictureGrid(read, channel);
  return {
    kind: 'plate',
    title,
    axes: ['row', 'column'],
    grid: {
      rows: height + top + bottom,
      columns: width + left + right,
      at: (r, c) => (r < top || c < left || r >= top + height || c >= left + width ? null : inner.at(r - top, c - left)),
    },
    chosen: null,
    window: [row, column, rows, columns],
    pick: (r, c) => pick(r - top, c - left),
    nudge,
  };
}

export function conv1dLook(scene: Scene & { layer: Conv1d }): Look {
  const { layer, inside, place } = scene;
  const [read, weight, z, a] = [part(inside, 'read'), part(inside, 'weight'), part(inside, 'z'), part(inside, 'a')];
  const isSequence = kindOf(read.shape, scene.reads[0]) === 'sequence';
  const readAt = (channel: number, at: number): Cell => (isSequence ? cellAt(read, at, channel) : cellAt(read, channel, at));
  const [channels = 1, length = 1] = isSequence ? [...read.shape].reverse() : read.shape;
  const [made = 1, places = 1] = isSequence ? [...z.shape].reverse() : z.shape;
  const [unit, step] = [within(place.unit, made), within(place.step, places)];
  const axis: Axis = { size: length, kernel: layer.kernel, stride: layer.stride, dilation: layer.dilation, padding: layer.padding };
  const tapped = taps(axis, step);
  const perGroup = weight.shape[1] ?? 1;
  const first = Math.floor(unit / (made / layer.groups)) * perGroup;
  const all = gathered(
    first, perGroup, layer.kernel,
    (channel, tap) => {
      const at = tapped[tap]?.at ?? -1;
      return at < 0 || at >= length ? null : readAt(first + channel, at);
    },
    (channel, tap) => cellAt(weight, unit, channel, tap),
  );
  const index = isSequence ? [step, unit] : [unit, step];
  const bias = cellAt(part(inside, 'bias'), unit);
  const [before, after] = edges(axis);
  const from = (tapped[0]?.at ?? 0) + before;
  const nudge = (_: number, by: number) => ({ step: within(step + by, places) });
  return {
    formula: `z = Σ kernel × input + bias, a = ${layer.activation.replaceAll('_', ' ')}(z)`,
    choosers: [chooser('Channel', unit, made, 'unit'), chooser('Place', step, places, 'step')],
    panels: [
      {
        kind: 'plate', title: 'Reads', axes: ['channel', 'place'], chosen: null,
        grid: {
          rows: channels, columns: length + before + after, stretches: true,
          at: (row, column) => (column < before || column >= before + length ? null : readAt(row, column - before)),
        },
        window: [first, from, perGroup, (tapped.at(-1)?.at ?? 0) + before - from + 1],
        pick: (_, column) => ({ step: within(placeNear(axis, column - before), places) }),
        nudge,
      },
      numbers(all),
      {
        kind: 'steps', title: 'Adds and transforms', ...activated(layer.activation, z, a, index),
        steps: [
          { term: 'Sum of products', cell: workedOut(all.sum) },
          { term: 'Bias', cell: bias },
          { term: 'Total z', cell: cellAt(z, ...index), derived: all.sum + bias.value, isTotal: true },
        ],
      },
      plateOf('Answers', sheetOf(a, isSequence ? 'sequence' : 'signal', { ...place, unit, step })),
    ],
    sweep: { count: places, now: step, at: (at) => ({ step: at }) },
  };
}
