/** From an address to a live session. */
import { liveSource } from '../source';
import { getCatalog } from './api';
import { openFromAddress } from './open';
import { Session } from './session.svelte';

export async function startSession(): Promise<Session> {
  const catalog = await getCatalog();
  return new Session(catalog, await openFromAddress(catalog, location), liveSource);
}
