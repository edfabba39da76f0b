/** The settings of a model as the catalog's JSON Schema describes them: names, bounds, choices, defaults. Pure. */
import { boundsOf, type Bounds, type Property } from '../../network/edits';
import type { Catalog } from '../../schema.gen';
import type { Model } from '../../state/fits.svelte';

export type Parameter = { name: string; label: string } & (
  | { kind: 'number'; bounds: Bounds; whole: boolean }
  | { kind: 'choice'; choices: string[] }
);

interface Described extends Property {
  readonly title?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
}

function properties(catalog: Catalog, type: string): [name: string, property: Described][] {
  const schema = catalog.schemas.model as { $defs?: Record<string, { properties?: Record<string, Described> }> };
  const found = Object.values(schema.$defs ?? {}).find((definition) => definition.properties?.type?.const === type);
  return Object.entries(found?.properties ?? {}).filter(([name]) => name !== 'type');
}

export function parametersOf(catalog: Catalog, type: string): Parameter[] {
  return properties(catalog, type).map(([name, property]) => {
    const label = property.title ?? name;
    if (property.enum) return { name, label, kind: 'choice', choices: [...property.enum] };
    return { name, label, kind: 'number', bounds: boundsOf(property), whole: property.type === 'integer' };
  });
}

/** With its own defaults. */
export function modelOf(catalog: Catalog, type: string): Model {
  const defaults = properties(catalog, type).map(([name, property]) => [name, property.default]);
  return { ...Object.fromEntries(defaults), type } as Model;
}

/** What follows the title where a model is named: `depth at most 5, rows in a leaf at least 1`. */
export function settingsText(catalog: Catalog, model: Model): string {
  return parametersOf(catalog, model.type)
    .map(({ name, label }) => `${label.charAt(0).toLowerCase()}${label.slice(1)} ${model[name]}`)
    .join(', ');
}
