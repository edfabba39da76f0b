/** What switching, adding and removing inputs does to a data spec. Pure but for the draft it changes. */
import type { DataSetFacts } from '../../schema.gen';
import { inputNames, isPlane, noiseNames, offeredInputs, type Data, type PlaneData } from '../../state/data';

type Feature = PlaneData['features'][number];

/** Inputs a page can list one by one; above, people look for them by name. */
export const MOST_LISTED = 100;

export const isFed = (data: Data, facts: DataSetFacts, name: string): boolean => inputNames(data, facts).includes(name);

/** Why an input cannot be switched off, if it cannot. */
export function whyStuck(data: Data, facts: DataSetFacts, name: string): string | undefined {
  const fed = inputNames(data, facts);
  return fed.length === 1 && fed[0] === name ? 'one input has to stay on' : undefined;
}

/** Features of the plane leave the spec, so that links stay short; everything else is named in `switched_off`. */
export function toggle(data: Data, facts: DataSetFacts, catalogFeatures: readonly string[], name: string): void {
  const turnOff = isFed(data, facts, name);
  data.switched_off = data.switched_off.filter((other) => other !== name);
  if (isPlane(data) && catalogFeatures.includes(name)) {
    const rest = data.features.filter((other) => other !== name);
    // Features keep the catalog's order whatever the order they were switched on in.
    if (!turnOff) data.features = catalogFeatures.filter((other) => other === name || rest.includes(other as Feature)) as Feature[];
    else if (rest.length > 0) data.features = rest;
    else data.switched_off.push(name);
  } else if (turnOff) {
    data.switched_off.push(name);
  }
}

export function addFormula(data: Data, expression: string): void {
  data.formulas.push({ expression: expression.trim() });
}

export function removeFormula(data: Data, facts: DataSetFacts, expression: string): void {
  data.formulas = data.formulas.filter((formula) => formula.expression !== expression);
  forgetGone(data, facts);
}

export function setNoiseColumns(data: Data, facts: DataSetFacts, count: number): void {
  data.noise_columns = count;
  forgetGone(data, facts);
}

/** Why this formula cannot be an input, though it can be read. */
export function whyTaken(data: Data, facts: DataSetFacts, catalogFeatures: readonly string[], expression: string): string | undefined {
  const text = expression.trim();
  const features = isPlane(data) ? catalogFeatures : [];
  const names = [...offeredInputs(data, facts), ...facts.columns, ...features, ...noiseNames(data)];
  return names.includes(text) ? 'This is an input already' : undefined;
}

/** Names of what is gone are no switches; something has to stay on. */
function forgetGone(data: Data, facts: DataSetFacts): void {
  const offered = new Set([...offeredInputs(data, facts), ...facts.columns]);
  data.switched_off = data.switched_off.filter((name) => offered.has(name));
  if (inputNames(data, facts).length === 0) data.switched_off = data.switched_off.slice(1);
}
