/** The RFC 6902 patch between two JSON documents, and applying such a patch. Pure. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type Operation =
  | { op: 'add' | 'replace'; path: string; value: Json }
  | { op: 'remove'; path: string };

const MOST_PLACES = 64;

/**
 * Objects are compared key by key and arrays of equal length item by item; an array that grew or shrank is replaced as a
 * whole, since the server matches layers by name, not by place. So is one that differs in many places (points drawn by
 * hand), since the server takes only so many operations at a time.
 */
export function diff(from: Json, to: Json, path = ''): Operation[] {
  if (from === to) return [];
  if (isObject(from) && isObject(to)) {
    const keys = new Set([...Object.keys(from), ...Object.keys(to)]);
    return [...keys].flatMap((key) => diffMember(from[key], to[key], `${path}/${escape(key)}`));
  }
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length) {
    const within = from.flatMap((item, index) => diff(item, to[index] as Json, `${path}/${index}`));
    return within.length > MOST_PLACES ? [{ op: 'replace', path, value: to }] : within;
  }
  return [{ op: 'replace', path, value: to }];
}

function diffMember(from: Json | undefined, to: Json | undefined, path: string): Operation[] {
  if (to === undefined) return from === undefined ? [] : [{ op: 'remove', path }];
  if (from === undefined) return [{ op: 'add', path, value: to }];
  return diff(from, to, path);
}

/** The document after the patch; undefined if an operation's place does not exist in it. Neither input is changed. */
export function apply(document: Json, patch: Operation[]): Json | undefined {
  let result: Json | undefined = structuredClone(document);
  for (const operation of patch) {
    const steps = operation.path.split('/').slice(1).map(unescape);
    const last = steps.pop();
    if (last === undefined) {
      result = operation.op === 'remove' ? undefined : structuredClone(operation.value);
      continue;
    }
    const parent = steps.reduce<Json | undefined>((here, step) => member(here, step), result);
    if (!put(parent, last, operation)) return undefined;
  }
  return result;
}

function member(here: Json | undefined, step: string): Json | undefined {
  if (Array.isArray(here)) return here[Number(step)];
  return isObject(here) ? here[step] : undefined;
}

function put(parent: Json | undefined, key: string, operation: Operation): boolean {
  if (operation.op !== 'add' && member(parent, key) === undefined) return false;
  if (Array.isArray(parent)) return putItem(parent, key, operation);
  if (!isObject(parent)) return false;
  if (operation.op === 'remove') delete parent[key];
  else parent[key] = structuredClone(operation.value);
  return true;
}

/** An item is added before the one at its place, `-` is the end. */
function putItem(items: Json[], key: string, operation: Operation): boolean {
  const place = key === '-' ? items.length : Number(key);
  if (!(place >= 0 && place <= items.length)) return false;
  if (operation.op === 'add') items.splice(place, 0, structuredClone(operation.value));
  else if (operation.op === 'remove') items.splice(place, 1);
  else items[place] = structuredClone(operation.value);
  return true;
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const escape = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
const unescape = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~');
