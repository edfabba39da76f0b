/** The large windows of the page by name, loaded when first opened: most visits open none. */
import type { Component } from 'svelte';

type Load = () => Promise<{ default: Component<{ onclose: () => void }> }>;

export const DIALOGS: Record<string, Load> = {
  models: () => import('./models/ModelsDialog.svelte'),
  data: () => import('./sheet/DataDialog.svelte'),
  runs: () => import('./runs/RunsDialog.svelte'),
  open: () => import('./file/OpenDialog.svelte'),
  code: () => import('./file/CodeDialog.svelte'),
  lesson: () => import('./file/LessonDialog.svelte'),
  judge: () => import('./judge/JudgeDialog.svelte'),
};
