import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// The development server passes the API and the live socket on to a running gateway (`make dev` starts both).
const GATEWAY = process.env.NEUROGLOW_GATEWAY ?? 'http://127.0.0.1:8000';

export default defineConfig({
  plugins: [svelte()],
  build: {
    outDir: '../backend/neuroglow/static',
    emptyOutDir: true,
    // The page's content security policy knows no data: addresses, so nothing is inlined.
    assetsInlineLimit: 0,
    target: 'es2023',
    // Inlined preload helpers and modulepreload polyfills are not needed by browsers this page supports.
    modulePreload: { polyfill: false },
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': { target: GATEWAY, ws: true, changeOrigin: true } } },
  // Runes and effects are tested as the browser runs them, without a DOM.
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  // The modules under test keep no state between tests, and a worker for each file took four times as long.
  test: { environment: './scripts/vitest-environment.mjs', isolate: false, include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'] },
});
