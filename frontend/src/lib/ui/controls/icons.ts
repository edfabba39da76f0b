/** Icons on a 16 × 16 grid, stroke 1.5. `f` marks filled shapes. */

export const ICONS = {
  play: '<path class="f" d="M5 3.2v9.6L13 8z"/>',
  pause: '<path class="f" d="M4.5 3.5h2.4v9H4.5zM9.1 3.5h2.4v9H9.1z"/>',
  step: '<path class="f" d="M4 3.5v9L10 8z"/><path d="M12 3.8v8.4"/>',
  reset: '<path d="M3.5 8a4.7 4.7 0 1 0 1.6-3.5L3.5 5.8M3.5 2.8v3h3"/>',
  undo: '<path d="M3.5 6.5h6a3.2 3.2 0 0 1 0 6.4H6M6 3.8 3.3 6.5 6 9.2"/>',
  share: '<path d="M8 9.5v-7M5.2 5 8 2.3 10.8 5M3.5 8.5v5h9v-5"/>',
  theme: '<circle cx="8" cy="8" r="5.2"/><path class="f" d="M8 2.8a5.2 5.2 0 0 1 0 10.4z"/>',
  help: '<circle cx="8" cy="8" r="5.7"/><path d="M6.3 6.4a1.75 1.75 0 1 1 2.6 1.5c-.6.35-.9.7-.9 1.4M8 11.2v.1"/>',
  check: '<path d="m3 8.5 3.2 3.2L13 4.8"/>',
  cross: '<path d="m4 4 8 8M12 4l-8 8"/>',
  left: '<path d="m10 4-4 4 4 4"/>',
  right: '<path d="m6 4 4 4-4 4"/>',
  warn: '<path d="M8 2.5 14 13H2zM8 6.5v3M8 11.3v.1"/>',
  info: '<circle cx="8" cy="8" r="5.7"/><path d="M8 7.3v3.6M8 5.1v.1"/>',
  offline: '<path d="M2.5 6.3a8 8 0 0 1 11 0M5 9a4.5 4.5 0 0 1 6 0M8 12.2v.1M3 2.5l10 11"/>',
  data: '<path d="M3 3h4v4H3zM9 3h4v4H9zM3 9h4v4H3zM9 9h4v4H9z"/>',
  network:
    '<circle cx="3.5" cy="4.5" r="1.5"/><circle cx="3.5" cy="11.5" r="1.5"/><circle cx="12.5" cy="8" r="1.5"/><path d="m5 5 6 2.5M5 11l6-2.5"/>',
  map: '<path d="M2.8 2.8h10.4v10.4H2.8zM2.8 10c3-5 7 1 10.4-5"/>',
  chart: '<path d="M2.8 2.8v10.4h10.4M5 5c1.2 4.6 3.5 5.7 8.2 5.8"/>',
  copy: '<path d="M5.5 5.5H13V13H5.5zM10.5 5.5V3H3v7.5h2.5"/>',
  eye: '<path d="M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8z"/><circle cx="8" cy="8" r="1.9"/>',
  dice: '<rect x="2.8" y="2.8" width="10.4" height="10.4" rx="2"/><path class="dots" d="M5.7 5.7h.01M10.3 5.7h.01M8 8h.01M5.7 10.3h.01M10.3 10.3h.01"/>',
  plus: '<path d="M8 3.5v9M3.5 8h9"/>',
  minus: '<path d="M3.5 8h9"/>',
  fit: '<path d="M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3"/>',
  gear: '<path d="M2.5 5h6M11.5 5h2M2.5 11h2M7.5 11h6"/><circle cx="10" cy="5" r="1.5"/><circle cx="6" cy="11" r="1.5"/>',
  down: '<path d="m4 6 4 4 4-4"/>',
  up: '<path d="m4 10 4-4 4 4"/>',
  lens: '<circle cx="7" cy="7" r="4.2"/><path d="m10.2 10.2 3.3 3.3"/>',
  bin: '<path d="M3 4.5h10M6.2 4.5V3h3.6v1.5M4.3 4.5l.6 8.5h6.2l.6-8.5"/>',
  pin: '<path d="M6 2.5h4M6.7 2.500 6.300 7 4.500 9.300h7L9.700 7 9.300 2.500M8 9.500v4"/>',
  fold: '<path d="M2.5 8h3.2M13.500 8h-3.200M8 3v10M4.200 6.300 5.900 8 4.200 9.700M11.800 6.300 10.100 8l1.700 1.700"/>',
} as const;

export type IconName = keyof typeof ICONS;
