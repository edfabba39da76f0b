/** JSON Schema (the part of it that pydantic writes) to TypeScript. Pure. */

const INDENT = '  ';

const literal = (value) => (typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : String(value));

/** The type of a schema as an expression. */
function typeOf(schema) {
  if (schema.$ref) return schema.$ref.split('/').at(-1);
  if ('const' in schema) return literal(schema.const);
  if (schema.enum) return schema.enum.map(literal).join(' | ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return [...new Set(choices.map(typeOf))].join(' | ');
  if (schema.prefixItems) return `[${schema.prefixItems.map(typeOf).join(', ')}]`;
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array': {
      const item = typeOf(schema.items ?? {});
      return item.includes('|') ? `(${item})[]` : `${item}[]`;
    }
    case 'object':
      return `Record<string, ${typeof schema.additionalProperties === 'object' ? typeOf(schema.additionalProperties) : 'unknown'}>`;
    default:
      return 'unknown';
  }
}

function comment(text, indent = '') {
  if (!text) return '';
  const lines = text.trim().split('\n');
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join('\n')}\n${indent} */\n`;
}

function interfaceOf(name, schema) {
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties ?? {}).map(
    ([field, property]) =>
      `${comment(property.description, INDENT)}${INDENT}${field}${required.has(field) ? '' : '?'}: ${typeOf(property)};\n`,
  );
  if (schema.additionalProperties === true) fields.push(`${INDENT}[fact: string]: unknown;\n`);
  return `${comment(schema.description)}export interface ${name} {\n${fields.join('')}}\n`;
}

const unionOf = (name, schema) =>
  `export type ${name} =\n${schema.oneOf.map((choice) => `${INDENT}| ${typeOf(choice)}`).join('\n')};\n`;

/** The whole module, deterministic, from the document `neuroglow schema` prints. */
export function toTypeScript({ $defs: definitions }) {
  const parts = Object.entries(definitions).map(([name, schema]) =>
    schema.oneOf ? unionOf(name, schema) : interfaceOf(name, schema),
  );
  const header = '// GENERATED from the pydantic models by scripts/gen-schema.mjs (`npm run schema`); do not edit.\n';
  return [header, ...parts].join('\n');
}
