/** Pooling under the glass: the window, and which number won or what the mean is. Pure. */
import type { AvgPool2d, GlobalAvgPool, MaxPool2d } from '../../schema.gen';
import { slidingPlate } from './convolution';
import type { Grid, Look, Scene, Step } from './look';
import { channelTiles, chooser, kindOf, plateOf, sheetOf } from './sheet';
import { cellAt, part, range, sum, within, workedOut, type Cell } from './tensors';
import { pair, placeNear, taps, type Axis } from './windows';

/** More numbers than this are not written one by one. */
const MOST_WRITTEN = 100;

export function poolLook(scene: Scene & { layer: MaxPool2d | AvgPool2d }): Look {
  const { layer, inside, place } = scene;
  const [read, a] = [part(inside, 'read'), part(inside, 'a')];
  const [channels = 1, rows = 1, columns = 1] = a.shape;
  const [unit, row, column] = [within(place.unit, channels), within(place.row, rows), within(place.column, columns)];
  const [window, stride] = [pair(layer.window), pair(layer.stride ?? layer.window)];
  const axis = (number: 0 | 1): Axis => ({
    size: read.shape[1 + number] ?? 1, kernel: window[number], stride: stride[number], dilation: 1, padding: layer.padding,
  });
  const axes = [axis(0), axis(1)] as const;
  const [down, across] = [taps(axes[0], row), taps(axes[1], column)];
  const at = (r: number, c: number): Cell | null => {
    const [y, x] = [down[r]?.at ?? -1, across[c]?.at ?? -1];
    return y < 0 || x < 0 || y >= axes[0].size || x >= axes[1].size ? null : cellAt(read, unit, y, x);
  };
  const grid: Grid = { rows: window[0], columns: window[1], at };
  const there = range(window[0]).flatMap((r) => range(window[1]).flatMap((c) => {
    const cell = at(r, c);
    return cell === null ? [] : [{ r, c, value: cell.value }];
  }));
  const isMax = layer.type === 'max_pool2d';
  const winner = there.reduce((best, one) => (one.value > best.value ? one : best), there[0] ?? { r: 0, c: 0, value: NaN });
  const answer = cellAt(a, unit, row, column);
  return {
    formula: isMax ? 'a = the largest number of the window' : 'a = the mean of the window',
    choosers: [chooser('Channel', unit, channels, 'unit')],
    panels: [
      slidingPlate('Reads', read, unit, axes, [down, across], {
        pad: true,
        pick: (r, c) => ({ row: within(placeNear(axes[0], r), rows), column: within(placeNear(axes[1], c), columns) }),
        nudge: (r, c) => ({ row: within(row + r, rows), column: within(column + c, columns) }),
      }),
      {
        kind: 'numbers', title: isMax ? 'The window, the largest ringed' : 'The window',
        blocks: [{ sign: '', title: 'input', grid, ...(isMax && { ringed: [winner.r, winner.c] as const }) }],
      },
      { kind: 'steps', title: isMax ? 'Chooses' : 'Takes the mean', steps: isMax
        ? [{ term: `Largest of ${there.length}`, cell: answer, derived: winner.value, isTotal: true }]
        : meanSteps(there.map(({ value }) => value), answer) },
      plateOf('Answers', sheetOf(a, 'picture', { ...place, unit, row, column })),
      channelTiles('Channels', a, unit, (index) => ({ unit: index })),
    ],
    sweep: { count: rows * columns, now: row * columns + column, at: (index) => ({ row: Math.floor(index / columns), column: index % columns }) },
  };
}

function meanSteps(values: readonly number[], answer: Cell): Step[] {
  const total = sum(values);
  return [
    { term: 'Sum', cell: workedOut(total) },
    { term: 'Numbers', cell: workedOut(values.length), isPlain: true, digits: 0 },
    { term: 'Mean', cell: answer, derived: total / values.length, isTotal: true },
  ];
}

export function globalPoolLook(scene: Scene & { layer: GlobalAvgPool }): Look {
  const { inside, place } = scene;
  const [read, a] = [part(inside, 'read'), part(inside, 'a')];
  const kind = kindOf(read.shape, scene.reads[0]);
  const unit = within(place.unit, a.shape[0] ?? 1);
  const own = kind === 'sequence'
    ? range(read.shape[0] ?? 0).map((step) => cellAt(read, step, unit))
    : range((read.shape[1] ?? 1) * (read.shape[2] ?? 1)).map((at) => cellAt(read, unit, ...(kind === 'picture' ? [Math.floor(at / (read.shape[2] ?? 1)), at % (read.shape[2] ?? 1)] : [at])));
  const sheet = sheetOf(read, kind, { ...place, unit });
  return {
    formula: kind === 'sequence' ? 'a = the mean of every feature over the steps' : 'a = the mean of every channel',
    choosers: [chooser(kind === 'sequence' ? 'Feature' : 'Channel', unit, a.shape[0] ?? 1, 'unit')],
    panels: [
      plateOf('Reads', sheet),
      ...(own.length <= MOST_WRITTEN
        ? [{ kind: 'terms' as const, title: 'Numbers', heads: ['place', 'input'], sorts: false,
            rows: own.map((cell, index) => ({ name: String(index + 1), cells: [cell] })) }]
        : []),
      { kind: 'steps', title: 'Takes the mean', steps: meanSteps(own.map(({ value }) => value), cellAt(a, unit)) },
      plateOf('Answers', sheetOf(a, 'vector', { ...place, unit })),
    ],
  };
}
