/** The layers of a session as the network view shows them. */
import { networkModel, type LayerModel } from '../render/model';
import type { Session } from '../state/session.svelte';

export function modelsOf(session: Session): LayerModel[] {
  const models = networkModel(session.experiment, session.facts, session.checks.shapes);
  if (!session.isDraft) return models;
  // Of a draft only what trains has numbers.
  const trained = new Set(session.trained.network.layers.map(({ name }) => name));
  return models.map((model) => (model.role === 'hidden' && !trained.has(model.name) ? { ...model, fresh: true } : model));
}
