/** Signs of the types of layers, on the grid of the other icons (16 × 16); `f` marks filled shapes. */
import type { LayerType } from '../state/layers';

const GRID = '<path d="M2.500 2.500h11v11h-11z"/>';

export const TYPE_ICONS: Record<LayerType, string> = {
  dense: '<path d="M4 4l8 0M4 4l8 8M4 12l8-8M4 12h8"/><circle class="f" cx="4" cy="4" r="1.6"/><circle class="f" cx="4" cy="12" r="1.6"/><circle class="f" cx="12" cy="4" r="1.6"/><circle class="f" cx="12" cy="12" r="1.6"/>',
  sparse_dense: '<path d="M4 4l8 8M4 12h8"/><circle class="f" cx="4" cy="4" r="1.6"/><circle class="f" cx="4" cy="12" r="1.6"/><circle class="f" cx="12" cy="4" r="1.6"/><circle class="f" cx="12" cy="12" r="1.6"/>',
  conv2d: `${GRID}<path class="f" d="M4 4h5v5H4z"/>`,
  conv1d: '<path d="M1.500 5.500h13v5h-13z"/><path class="f" d="M3 7h4v2H3z"/>',
  conv_transpose2d: `${GRID}<path class="f" d="M7 7h5v5H7z"/><path d="M4.500 4.500 7 7"/>`,
  max_pool2d: `${GRID}<path d="M8 2.500v11M2.500 8h11"/><path class="f" d="M8.500 3h5v4.500h-5z"/>`,
  avg_pool2d: `${GRID}<path d="M8 2.500v11M2.500 8h11"/>`,
  global_avg_pool: `${GRID}<circle class="f" cx="8" cy="8" r="1.800"/>`,
  flatten: '<path d="M2 3h5v4H2zM2 9h5v4H2zM9 8h2.500"/><path d="M12.500 2.500h2v11h-2z"/>',
  reshape: '<path d="M2 5.500h6v5H2zM10 2.500h4v11h-4z"/>',
  upsample: '<path d="M2.500 9.500h4v4h-4z"/><path d="M2.500 6.500v-4h11v11h-4M7.500 8.500l3-3M8 5.500h2.500V8"/>',
  batch_norm: '<path d="M1.500 12.500c4 0 3.500-9 6.500-9s2.500 9 6.500 9M8 3.500v9"/>',
  layer_norm: '<path d="M1.500 12.500c4 0 3.500-9 6.500-9s2.500 9 6.500 9"/>',
  group_norm: '<path d="M1 12.500c2.500 0 2-7 3.500-7s1 7 3.500 7 2-7 3.500-7 1 7 3.500 7"/>',
  dropout: '<circle cx="4" cy="8" r="2"/><circle cx="12" cy="8" r="2" stroke-dasharray="1.500 1.800"/><path d="M10 6l4 4"/>',
  sampling: '<path d="M1.500 12.500c4 0 3.500-9 6.500-9s2.500 9 6.500 9"/><circle class="f" cx="6" cy="10" r="1"/><circle class="f" cx="9.500" cy="8.500" r="1"/><circle class="f" cx="8" cy="12" r="1"/>',
  embedding: '<path d="M2 3.500h3M2 8h3M2 12.500h3"/><path d="M8 2.500h6v11H8zM8 6h6M8 10h6"/>',
  positional_encoding: '<path d="M1.500 8c1.600-6 3.200-6 4.800 0s3.200 6 4.800 0 2.400-4.500 3.400-4.500"/>',
  attention: '<path d="M3 13V3M13 13V3M3 4l10 8M3 8h10M3 12l10-5"/>',
  transformer_block: '<path d="M3.500 2.500h9v4h-9zM3.500 9.500h9v4h-9zM8 6.500v3"/><path d="M3.500 4.500h-2v7h2"/>',
  lstm: '<path d="M2.500 5h8a2.500 2.500 0 0 1 0 5.500M2.500 10.500h8M5 3v4M5 8.500v4"/>',
  gru: '<path d="M3.500 8a4.500 4.500 0 1 1 1.500 3.300M3.500 13v-2.500H6"/><circle class="f" cx="8" cy="8" r="1.300"/>',
  rnn: '<path d="M3.500 8a4.500 4.500 0 1 1 1.500 3.300M3.500 13v-2.500H6"/>',
  add: '<circle cx="8" cy="8" r="5.500"/><path d="M8 5v6M5 8h6"/>',
  multiply: '<circle cx="8" cy="8" r="5.500"/><path d="m6 6 4 4M10 6l-4 4"/>',
  concat: '<path d="M2.500 2.500h11v5h-11zM2.500 8.500h11v5h-11z"/>',
  repeat: '<path d="M5 5.500h8.500v8H5z"/><path d="M2.500 11V2.500H11"/>',
};
