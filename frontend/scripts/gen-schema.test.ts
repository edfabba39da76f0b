import { execFileSync } from 'node:child_process';

import { expect, it } from 'vitest';

it('finds the committed types to be what the server says', { timeout: 60_000 }, () => {
  expect(() => execFileSync(process.execPath, ['scripts/gen-schema.mjs', '--check'], { stdio: 'pipe' })).not.toThrow();
});
