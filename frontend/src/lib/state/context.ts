/** What the components share. Set once by the page's root. */
import { createContext } from 'svelte';

import type { Arrivals } from './arrivals.svelte';
import type { Pins } from './pins.svelte';
import type { Plane } from './plane.svelte';
import type { Samples } from './samples.svelte';
import type { Selection } from './selection.svelte';
import type { Session } from './session.svelte';

export const [getSession, setSession] = createContext<Session>();
export const [getSelection, setSelection] = createContext<Selection>();
export const [getSamples, setSamples] = createContext<Samples>();
export const [getPlane, setPlane] = createContext<Plane>();
export const [getPins, setPins] = createContext<Pins>();
export const [getArrivals, setArrivals] = createContext<Arrivals>();
