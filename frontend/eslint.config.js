import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

import svelteConfig from './svelte.config.js';

/** Imports go one way: wire -> source -> state -> render and ui -> App. Rooms to the right may not be entered. */
const forbid = (files, patterns) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns }] },
});
const UPWARD_OF_WIRE = ['**/state/**', '**/render/**', '**/ui/**', '**/network/**', '**/source*', '**/App.svelte'];
const SVELTE = { group: ['svelte', 'svelte/*', '*.svelte', '*.svelte.ts'], message: 'No framework in wire/ and render/' };

export default ts.config(
  { ignores: ['node_modules/', 'dist/', '../backend/'] },
  js.configs.recommended,
  ts.configs.recommended,
  svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
  },
  {
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-console': 'error',
      'prefer-const': 'error',
      eqeqeq: 'error',
      // What is reactive is written as a rune; collections of the hot path are plain on purpose.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    files: ['**/*.svelte'],
    // Props are declared with let by custom; this rule knows runes.
    rules: { 'prefer-const': 'off', 'svelte/prefer-const': 'error' },
  },
  // TypeScript itself knows which names exist.
  { files: ['**/*.ts', '**/*.svelte'], rules: { 'no-undef': 'off' } },
  forbid(['src/lib/wire/**'], [{ group: UPWARD_OF_WIRE }, SVELTE]),
  forbid(['src/lib/render/**'], [{ group: ['**/ui/**', '**/network/**', '**/App.svelte', '**/*.svelte.ts'] }, SVELTE]),
  forbid(['src/lib/state/**'], [{ group: ['**/render/**', '**/ui/**', '**/network/**', '**/App.svelte'] }]),
  forbid(['src/lib/source.ts'], [{ group: ['**/state/**', '**/render/**', '**/ui/**', '**/network/**'] }]),
);
