/** Embeddings and positions under the glass. Pure. */
import type { Embedding, PositionalEncoding } from '../../schema.gen';
import type { Look, Scene } from './look';
import { chooser, kindOf, plateOf, sheetOf } from './sheet';
import { cellAt, part, range, within } from './tensors';

export function embeddingLook(scene: Scene & { layer: Embedding }): Look {
  const { inside, place, tokens, vocabulary } = scene;
  const [read, table, a] = [part(inside, 'read'), part(inside, 'weight'), part(inside, 'a')];
  const [rows = 1, units = 1] = table.shape;
  const [steps = 1] = a.shape;
  const [step, unit] = [within(place.step, steps), within(place.unit, units)];
  const token = cellAt(read, step);
  const row = tableRow(token.value, rows);
  const names = tokens.length === steps ? tokens : undefined;
  return {
    formula: 'a = row number x of the table, for every token x',
    choosers: [chooser('Step', step, steps, 'step', names), chooser('Feature', unit, units, 'unit')],
    panels: [
      { kind: 'terms', title: 'Reads', heads: ['step', 'token'], sorts: false, plain: [0], digits: 0,
        rows: range(steps).map((at) => ({ name: names ? `${at + 1} ${names[at]}` : String(at + 1), cells: [cellAt(read, at)], pick: { step: at }, isChosen: at === step })) },
      {
        kind: 'plate', title: 'Table', axes: ['token', 'feature'], chosen: [row, unit], window: [row, 0, 1, units],
        grid: { rows, columns: units, stretches: true, at: (r, c) => cellAt(table, r, c), ...(vocabulary.length === rows && { rowNames: vocabulary }) },
        pick: (_, column) => ({ unit: column }),
      },
      {
        kind: 'steps', title: `Looks up${vocabulary[row] === undefined ? '' : ` ${vocabulary[row]}`}`,
        steps: [
          { term: 'Token', cell: token, isPlain: true, digits: 0 },
          { term: `Row ${row + 1}, feature ${unit + 1}`, cell: cellAt(table, row, unit) },
          { term: 'Answer a', cell: cellAt(a, step, unit), derived: cellAt(table, row, unit).value, isTotal: true },
        ],
      },
      plateOf('Answers', sheetOf(a, 'sequence', { ...place, step, unit })),
    ],
    sweep: { count: steps, now: step, at: (at) => ({ step: at }) },
  };
}

/** The nearest row there is; halves go to the even one, as the engine rounds. */
export function tableRow(token: number, rows: number): number {
  const floor = Math.floor(token);
  const rounded = token - floor === 0.5 ? floor + (floor % 2) : Math.round(token);
  return Math.max(0, Math.min(rounded, rows - 1));
}

export function positionsLook(scene: Scene & { layer: PositionalEncoding }): Look {
  const { layer, inside, place, tokens } = scene;
  const [read, encoding, a] = [part(inside, 'read'), part(inside, 'encoding'), part(inside, 'a')];
  const sheet = sheetOf(read, 'sequence', place);
  const [x, wave, made] = [sheet.cell, cellAt(encoding, ...sheet.index), cellAt(a, ...sheet.index)];
  const [steps = 1] = read.shape;
  return {
    formula: layer.kind === 'learned' ? 'a = x + a learned vector for each step' : 'a = x + sines and cosines of falling frequency',
    choosers: [chooser('Feature', sheet.index[1] ?? 0, sheet.units, 'unit'), chooser('Step', sheet.index[0] ?? 0, steps, 'step', tokens.length === steps ? tokens : undefined)],
    panels: [
      plateOf('Reads', sheet),
      plateOf('Encoding', sheetOf(encoding, kindOf(encoding.shape, 'sequence'), place)),
      {
        kind: 'steps', title: 'Adds',
        steps: [
          { term: 'Input x', cell: x },
          { term: 'Encoding', cell: wave },
          { term: 'Answer a', cell: made, derived: x.value + wave.value, isTotal: true },
        ],
      },
      plateOf('Answers', sheetOf(a, 'sequence', place)),
    ],
    sweep: { count: steps, now: sheet.index[0] ?? 0, at: (step) => ({ step }) },
  };
}
