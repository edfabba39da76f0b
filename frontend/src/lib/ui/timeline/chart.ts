/** The uPlot chart of the timeline: its axes, its curves named at their ends, ghosts of pinned runs, marks where history was cut. */
import uPlot from 'uplot';

import type { Palette } from '../../render/colors';
import { tenTo } from '../../render/figures';
import { reached, shortened, spanned, spread, type Ghost } from './ghosts';
import { last, logRange, logTicks, short, type Quantity } from './series';

export interface ChartLook {
  quantity: Quantity;
  isLog: boolean;
  palette: Palette;
  /** Of pinned runs, drawn dashed. */
  ghosts: readonly Ghost[];
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
/** Names of ghosts are longer. */
const GHOST_ROOM = 112;
const GHOST_CHARACTERS = 18;
const DASH = [5, 4];
const LABEL_HEIGHT = 12;
const TICK_SPACE = 28;
const NO_MARKS: Marks = { cuts: [], diverged: null };

export class Chart {
  readonly #plot: uPlot;
  #marks = NO_MARKS;
  /** The last update the chart spans; scales are settled x first. */
  #until = Infinity;

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
    const { palette, ghosts } = this.look;
    const font = `11px ${palette.font}`;
    const axis = { font, stroke: palette.ink3, ticks: { show: false }, labelGap: 0 };
    return {
      width: Math.max(1, this.box.clientWidth),
      height: Math.max(1, this.box.clientHeight),
      legend: { show: false },
      padding: [8, ghosts.length > 0 ? GHOST_ROOM : LABEL_ROOM, 0, 0],
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
      scales: {
        x: { time: false, ...(ghosts.length > 0 ? { range: (_, low, high) => this.#span(low, high) } : {}) },
        y: this.#heights(),
      },
      axes: [
        { ...axis, size: BOTTOM_AXIS, gap: 4, grid: { show: false }, values: (_, splits) => splits.map(short) },
        {
          ...axis,
          size: LEFT_AXIS,
          gap: 6,
          space: 24,
          grid: { stroke: palette.line, width: 1 },
          ...(this.#isLogLoss ? { splits: decades, filter: (_: uPlot, splits: number[]) => splits } : {}),
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
        drawAxes: [(plot) => this.#drawGhosts(plot)],
        draw: [(plot) => this.#drawOver(plot)],
      },
    };
  }

  get #isLogLoss(): boolean {
    return this.look.quantity === 'loss' && this.look.isLog;
  }

  #span(low: number | null, high: number | null): uPlot.Range.MinMax {
    const [from, until] = spanned(low, high, this.look.ghosts) ?? [low, high];
    this.#until = until ?? Infinity;
    return [from, until] as uPlot.Range.MinMax;
  }

  /** The scale of the values; it holds what can be seen of the ghosts as well. */
  #heights(): uPlot.Scale {
    const all = (low: number | null, high: number | null): [number | null, number | null] =>
      reached(low, high, this.look.ghosts, this.#until);
    if (this.look.quantity === 'score') return { range: (_, low, high) => scoreRange(...all(low, high)) };
    if (this.look.isLog) return { distr: 3, range: (_, low, high) => logRange(...all(low, high)) };
    if (this.look.ghosts.length === 0) return {};
    return {
      range: (_, low, high) => {
        const [least, most] = all(low, high);
        return uPlot.rangeNum(least ?? 0, most ?? 1, 0.1, true);
      },
    };
  }

  /** Beneath the live curves. */
  #drawGhosts(plot: uPlot): void {
    const density = devicePixelRatio;
    const context = plot.ctx;
    const { left, top, width, height } = plot.bbox;
    context.save();
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    context.strokeStyle = this.look.palette.ink3;
    context.lineWidth = 1.25 * density;
    context.setLineDash(DASH.map((length) => length * density));
    for (const { updates, values } of this.look.ghosts) {
      context.beginPath();
      let isOn = false;
      values.forEach((value, at) => {
        if (value === null) return;
        const x = plot.valToPos(updates[at] ?? 0, 'x', true);
        context[isOn ? 'lineTo' : 'moveTo'](x, plot.valToPos(value, 'y', true));
        isOn = true;
      });
      context.stroke();
    }
    context.restore();
  }

  /** A ghost is named where it ends, or where it leaves the plot. */
  #ghostEnds(plot: uPlot): { name: string; colour: string; value: number | null; x: number }[] {
    const { palette, ghosts } = this.look;
    return ghosts.map(({ name, updates, values }) => {
      const seen = updates.filter((update) => update <= this.#until).length;
      const end = plot.valToPos(updates[seen - 1] ?? 0, 'x', true);
      return {
        name: shortened(name, GHOST_CHARACTERS),
        colour: palette.ink3,
        value: last(values.slice(0, seen)),
        x: seen < updates.length ? Infinity : end,
      };
    });
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
    const right = left + width;
    const ends = [
      { name: 'train', colour: palette.ink3, value: last(plot.data[1] as (number | null)[]), x: Infinity },
      { name: 'test', colour: palette.ink, value: last(plot.data[2] as (number | null)[]), x: Infinity },
      ...this.#ghostEnds(plot),
    ].flatMap((end) => (end.value === null ? [] : [{ ...end, y: plot.valToPos(end.value, 'y', true) }]));
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    const room = LABEL_HEIGHT * density;
    const isAside = ({ x }: { x: number }): boolean => x > right - room;
    const aside = ends.filter(isAside);
    spread(aside, room, top, top + height);
    context.strokeStyle = palette.bg;
    context.lineWidth = 4 * density;
    context.lineJoin = 'round';
    for (const end of ends) {
      context.fillStyle = end.colour;
      if (isAside(end)) {
        context.fillText(end.name, right + 6 * density, end.y);
        continue;
      }
      // Beside its end the live curve goes on: the name stands above, on ground to be read on.
      context.textAlign = 'right';
      const y = Math.max(top + room / 2, end.y - room);
      context.strokeText(end.name, end.x, y);
      context.fillText(end.name, end.x, y);
      context.textAlign = 'left';
    }
    context.restore();
  }
}

/** As many labels as fit the height. */
function decades(plot: uPlot, _: number, low: number, high: number): number[] {
  return logTicks(low, high, Math.max(2, Math.floor(plot.height / TICK_SPACE)));
}

/** Room above a perfect score, and never a range without height. */
function scoreRange(low: number | null, high: number | null): uPlot.Range.MinMax {
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
