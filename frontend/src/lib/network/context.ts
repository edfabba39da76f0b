/** What the parts of the network view share. Set once by NetworkView. */

import { createContext } from 'svelte';

import type { Labels } from './labels';
import type { Stage } from './stage.svelte';

export const [getStage, setStage] = createContext<Stage>();
export const [getLabels, setLabels] = createContext<Labels>();
