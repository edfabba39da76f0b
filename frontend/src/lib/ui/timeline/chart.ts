/** The uPlot chart of the timeline: its axes, its two curves named at their ends, the marks where history was cut. */
import uPlot from 'uplot';

import type { Palette } from '../../render/colors';
import { tenTo } from '../../render/figures';
import { last, logRange, logTicks, short, type Quantity } from './series';

export interface ChartLook {
  quantity: Quantity;
  isLog: boolean;
  palette: Palette;
}

export interface Marks {
  /** Updates at which a line of history was cut and goes on. */
  cuts: readonly number[];
  /** Where the loss stopped being finite. */
  diverged: number | null;
}

const LEFT_AXIS = 44;
const BOTTOM_AXIS = 20;
const LABEL_ROOM = 40;
const LABEL_HEIGHT = 12;
const TICK_SPACE = 28;
const NO_MARKS: Marks = { cuts: [], diverged: null };

export class Chart {
  readonly #plot: uPlot;
  #marks = NO_MARKS;

  /** `onhover` gets the index of the hovered point, or null. */
  constructor(
    private readonly box: HTMLElement,
    private readonly look: ChartLook,
    onhover: (index: number | null) => void,
  ) {
    this.#plot = new uPlot(this.#options(onhover), [[], [], []], box);
  }

  show(columns: (number | null)[][], marks: Marks): void {
    this.#marks = marks;
    this.#plot.setData(columns as uPlot.AlignedData);
  }

  resize(): void {
    const { clientWidth: width, clientHeight: height } = this.box;
    if (width > 0 && height > 0) this.#plot.setSize({ width, height });
  }

  destroy(): void {
    this.#plot.destroy();
  }

  #options(onhover: (index: number | null) => void): uPlot.Options {
    const { palette, quantity, isLog } = this.look;
    const font = `11px ${palette.font}`;
    const axis = { font, stroke: palette.ink3, ticks: { show: false }, labelGap: 0 };
    return {
      width: Math.max(1, this.box.clientWidth),
      height: Math.max(1, this.box.clientHeight),
      legend: { show: false },
      padding: [8, LABEL_ROOM, 0, 0],
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
      scales: {
        x: { time: false },
        y: quantity === 'score' ? { range: scoreRange } : isLog ? { distr: 3, range: (_, low, high) => logRange(low, high) } : {},
      },
      axes: [
        { ...axis, size: BOTTOM_AXIS, gap: 4, grid: { show: false }, values: (_, splits) => splits.map(short) },
        {
          ...axis,
          size: LEFT_AXIS,
          gap: 6,
          space: 24,
          grid: { stroke: palette.line, width: 1 },
          ...(quantity === 'loss' && isLog ? { splits: decades, filter: (_: uPlot, splits: number[]) => splits } : {}),
          values: (_, splits) => splits.map((value) => (value === null ? '' : this.#label(value))),
        },
      ],
      series: [
        {},
        { stroke: palette.ink3, width: 1.25, points: { show: false }, spanGaps: true },
        { stroke: palette.ink, width: 1.75, points: { show: false }, spanGaps: true },
      ],
      hooks: {
        setCursor: [(plot) => onhover(plot.cursor.idx ?? null)],
        draw: [(plot) => this.#drawOver(plot)],
      },
    };
  }

  #label(value: number): string {
    if (this.look.quantity === 'score') return value.toFixed(1).replace('-', '−');
    return value > 0 && value < 0.001 ? tenTo(Math.round(Math.log10(value))) : short(value);
  }

  /** Names at the ends of the curves and the marks. */
  #drawOver(plot: uPlot): void {
    const { palette } = this.look;
    const density = devicePixelRatio;
    const context = plot.ctx;
    const { left, top, width, height } = plot.bbox;
    context.save();
    context.font = `${11 * density}px ${palette.font}`;
    for (const cut of this.#marks.cuts) line(context, plot.valToPos(cut, 'x', true), top, height, palette.ink3, density);
    if (this.#marks.diverged !== null) {
      const x = Math.min(left + width, plot.valToPos(this.#marks.diverged, 'x', true));
      line(context, x, top, height, palette.bad, density);
    }
    const ends = [
      { name: 'train', colour: palette.ink3, value: last(plot.data[1] as (number | null)[]) },
      { name: 'test', colour: palette.ink, value: last(plot.data[2] as (number | null)[]) },
    ].flatMap((end) => (end.value === null ? [] : [{ ...end, y: plot.valToPos(end.value, 'y', true) }]));
    spread(ends, LABEL_HEIGHT * density, top, top + height);
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    for (const { name, colour, y } of ends) {
      context.fillStyle = colour;
      context.fillText(name, left + width + 6 * density, y);
    }
    context.restore();
  }
}

/** As many labels as fit the height. */
function decades(plot: uPlot, _: number, low: number, high: number): number[] {
  return logTicks(low, high, Math.max(2, Math.floor(plot.height / TICK_SPACE)));
}

/** Room above a perfect score, and never a range without height. */
function scoreRange(_: uPlot, low: number, high: number): uPlot.Range.MinMax {
  const from = Math.min(low ?? 0, 0.5);
  return [Math.max(-1, from), Math.max(1, high ?? 1)];
}

function line(
  context: CanvasRenderingContext2D,
  x: number,
  top: number,
  height: number,
  colour: string,
  density: number,
): void {
  context.strokeStyle = colour;
  context.lineWidth = density;
  context.setLineDash([3 * density, 3 * density]);
  context.beginPath();
  context.moveTo(x, top);
  context.lineTo(x, top + height);
  context.stroke();
}

/** Labels never lie on each other nor outside the plot. */
function spread(labels: { y: number }[], apart: number, top: number, bottom: number): void {
  labels.sort((one, other) => one.y - other.y);
  const [upper, lower] = labels;
  if (upper && lower && lower.y - upper.y < apart) {
    const middle = (upper.y + lower.y) / 2;
    upper.y = middle - apart / 2;
    lower.y = middle + apart / 2;
  }
  for (const label of labels) label.y = Math.min(bottom, Math.max(top, label.y));
}
