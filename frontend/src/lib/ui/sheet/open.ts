/** Back to the data sheet of what the run learns from. */
import type { UploadedData } from '../../schema.gen';
import type { Arrivals } from '../../state/arrivals.svelte';
import { page } from '../page.svelte';

export function openSheet(arrivals: Arrivals, data: UploadedData): void {
  page.dialog = 'data';
  if (arrivals.isBusy || arrivals.sheet?.id === data.dataset) return;
  void arrivals.open({ id: data.dataset, title: data.sheet?.title ?? 'Your data' });
}
