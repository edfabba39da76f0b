/** Write src/lib/schema.gen.ts; with `--check`, fail if the committed file differs. PYTHON names the interpreter. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { toTypeScript } from './typescript.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const TARGET = at('../src/lib/schema.gen.ts');
const OWN_PYTHON = at('../../.venv/bin/python');
const python = process.env.PYTHON ?? (existsSync(OWN_PYTHON) ? OWN_PYTHON : 'python3');

const printed = execFileSync(python, ['-m', 'neuroglow.cli', 'schema'], {
  env: { ...process.env, PYTHONPATH: at('../../backend') },
  encoding: 'utf8',
  maxBuffer: 16 * 1024 * 1024,
});
const generated = toTypeScript(JSON.parse(printed));

if (!process.argv.includes('--check')) writeFileSync(TARGET, generated);
else if (readFileSync(TARGET, 'utf8') !== generated) {
  process.stderr.write('src/lib/schema.gen.ts is not what the pydantic models say; run `npm run schema`\n');
  process.exit(1);
}
