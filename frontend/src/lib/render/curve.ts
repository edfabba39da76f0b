/** An activation's curve around zero with the current point (z, a) on it. */

import { activationCurve, softmaxCurve } from './activations';
import type { Palette } from './colors';
import { figure } from './figures';

export interface CurvePoint {
  readonly activation: string;
  readonly z: number;
  readonly a: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

const NARROWEST = 4;
const EDGE = 4;
const AXIS_ROOM = 20;
const STEPS = 120;

/** Half the width of the drawn interval: 4, or as far as the point is. */
export function reachOf(z: number): number {
  return Number.isFinite(z) ? Math.max(NARROWEST, Math.ceil(Math.abs(z) * 1.15)) : NARROWEST;
}

export function drawCurve(context: CanvasRenderingContext2D, point: CurvePoint, palette: Palette, size: Size): void {
  const { width, height } = size;
  context.clearRect(0, 0, width, height);
  const curve =
    point.activation === 'softmax' ? softmaxCurve(point.z, point.a) : (activationCurve(point.activation) ?? activationCurve('linear'));
  if (curve === undefined || !Number.isFinite(point.z)) return;
  const reach = reachOf(point.z);
  const samples = Array.from({ length: STEPS + 1 }, (_, step) => {
    const z = -reach + (2 * reach * step) / STEPS;
    return { z, a: curve(z) };
  });
  const low = Math.min(0, point.a, ...samples.map((sample) => sample.a));
  const high = Math.max(0, point.a, ...samples.map((sample) => sample.a));
  const span = high - low || 1;
  const toX = (z: number): number => EDGE + ((z + reach) / (2 * reach)) * (width - 2 * EDGE);
  const toY = (a: number): number => 10 + ((high - a) / span) * (height - AXIS_ROOM - 18);

  axes(context, palette, size, toX(0), toY(0));
  context.strokeStyle = palette.ink2;
  context.lineWidth = 1.5;
  context.beginPath();
  for (const { z, a } of samples) context.lineTo(toX(z), toY(a));
  context.stroke();

  const x = toX(point.z);
  const y = toY(point.a);
  context.setLineDash([2, 3]);
  context.strokeStyle = palette.ink3;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, toY(0));
  context.lineTo(x, y);
  context.lineTo(toX(0), y);
  context.stroke();
  context.setLineDash([]);

  const sign = point.a < 0 ? -1 : 1;
  context.save();
  if (palette.theme === 'dark') {
    context.shadowColor = palette.ramp.css(0.8 * sign);
    context.shadowBlur = 12;
  }
  context.fillStyle = palette.ramp.css(0.85 * sign);
  context.beginPath();
  context.arc(x, y, 5, 0, 2 * Math.PI);
  context.fill();
  context.restore();

  context.font = `11px ${palette.font}`;
  context.fillStyle = palette.ink3;
  context.textAlign = 'left';
  context.fillText(figure(-reach, 0), EDGE, height - 4);
  context.textAlign = 'right';
  context.fillText(figure(reach, 0), width - EDGE, height - 4);
  context.textAlign = 'center';
  context.fillText('z', width / 2, height - 4);
  // On the side of the axis the point is not.
  const side = point.z > 0 ? -1 : 1;
  context.textAlign = side < 0 ? 'right' : 'left';
  context.fillText(figure(high, high >= 10 ? 0 : 1), toX(0) + 6 * side, toY(high) + 4);
  if (low < 0) context.fillText(figure(low, low <= -10 ? 0 : 1), toX(0) + 6 * side, toY(low) + 4);
}

function axes(context: CanvasRenderingContext2D, palette: Palette, { width, height }: Size, zeroX: number, zeroY: number): void {
  context.strokeStyle = palette.line2;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(EDGE, Math.round(zeroY) + 0.5);
  context.lineTo(width - EDGE, Math.round(zeroY) + 0.5);
  context.moveTo(Math.round(zeroX) + 0.5, 6);
  context.lineTo(Math.round(zeroX) + 0.5, height - AXIS_ROOM);
  context.stroke();
}
