/**
 * Formulas that people type: text to an allow-listed tree, and what it is worth. The twin of the server's parser
 * (`spec/formula.py`), so that the page can answer while one types; both read `tests/golden/formulas.json`.
 */

const MAX_DEPTH = 32;
const MOST_VALUES = 8;
const NAMED_IN_ERRORS = 8;
/** Larger values are cut off here; what is no number counts as 0. */
export const MAX_FORMULA_VALUE = 1e6;

type Row = (column: string) => number;

export type Formula =
  | { kind: 'formula'; value: (row: Row) => number; columns: ReadonlySet<string> }
  | { kind: 'error'; position: number; message: string };

type Tree = (row: Row) => number;

const one = (value: (x: number) => number) => ({ fewest: 1, most: 1, value: (values: number[]) => value(values[0] ?? 0) });
const many = (value: (values: number[]) => number) => ({ fewest: 2, most: MOST_VALUES, value });

const FUNCTIONS: Record<string, { fewest: number; most: number; value: (values: number[]) => number }> = {
  sin: one(Math.sin),
  cos: one(Math.cos),
  tan: one(Math.tan),
  atan: one(Math.atan),
  sinh: one(Math.sinh),
  cosh: one(Math.cosh),
  tanh: one(Math.tanh),
  exp: one(Math.exp),
  log: one(Math.log),
  sqrt: one(Math.sqrt),
  abs: one(Math.abs),
  sign: one(Math.sign),
  floor: one(Math.floor),
  ceil: one(Math.ceil),
  relu: one((x) => Math.max(x, 0)),
  sigmoid: one((x) => 0.5 * (1 + Math.tanh(0.5 * x))),
  gauss: one((x) => Math.exp(-x * x)),
  min: many((values) => Math.min(...values)),
  max: many((values) => Math.max(...values)),
};
const CONSTANTS: Record<string, number> = { pi: Math.PI, e: Math.E };
const OPERATIONS: Record<string, (left: number, right: number) => number> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  // To a browser 1^∞ is no number; to the server it is 1.
  '^': (left, right) => (left === 1 ? 1 : left ** right),
};

/** Read a formula over these columns. */
export function readFormula(text: string, columns: readonly string[]): Formula {
  try {
    const parser = new Parser(text, columns);
    const tree = parser.parse();
    return { kind: 'formula', value: (row) => finite(tree(row)), columns: parser.used };
  } catch (error) {
    if (error instanceof FormulaError) return { kind: 'error', position: error.position, message: error.message };
    throw error;
  }
}

function finite(value: number): number {
  return Number.isNaN(value) ? 0 : Math.min(MAX_FORMULA_VALUE, Math.max(-MAX_FORMULA_VALUE, value));
}

class FormulaError extends Error {
  constructor(
    message: string,
    readonly position: number,
  ) {
    super(message);
  }
}

interface Token {
  kind: 'number' | 'name' | 'bracket' | 'sign' | 'end';
  text: string;
  position: number;
}

const TOKEN =
  /\s*(?:(?<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|(?<name>[A-Za-z_][A-Za-z0-9_]*)|\[(?<bracket>[^\]]*)\]|(?<sign>\*\*|[-+*/^(),−×·]))/dy;
const SAME: Record<string, string> = { '**': '^', '−': '-', '×': '*', '·': '*' };

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  let place = 0;
  while (place < end) {
    TOKEN.lastIndex = place;
    const found = TOKEN.exec(text);
    if (!found) throw strange(text, place);
    const [kind, word] = Object.entries(found.groups ?? {}).find(([, part]) => part !== undefined) as [Token['kind'], string];
    const start = (found.indices?.groups?.[kind]?.[0] ?? place) - (kind === 'bracket' ? 1 : 0);
    tokens.push({ kind, text: kind === 'sign' ? (SAME[word] ?? word) : word, position: start });
    place = TOKEN.lastIndex;
  }
  return [...tokens, { kind: 'end', text: '', position: end }];
}

function strange(text: string, place: number): FormulaError {
  const start = place + text.slice(place).length - text.slice(place).trimStart().length;
  if (text[start] === '[') return new FormulaError('This bracket is not closed', start);
  const character = String.fromCodePoint(text.codePointAt(start) ?? 0);
  return new FormulaError(`'${character}' has no meaning here; write column names in [brackets]`, start);
}

class Parser {
  readonly used = new Set<string>();
  readonly #tokens: Token[];
  #place = 0;

  constructor(
    text: string,
    private readonly columns: readonly string[],
  ) {
    this.#tokens = tokensOf(text);
  }

  parse(): Tree {
    if (this.#isAtEnd()) throw new FormulaError('Type a formula, such as sin(x1) * x2', 0);
    const tree = this.#sum(0);
    if (!this.#isAtEnd()) throw this.#unexpected();
    return tree;
  }

  get #now(): Token {
    return this.#tokens[this.#place] as Token;
  }

  #next(): Token {
    return this.#tokens[this.#place++] as Token;
  }

  #isAtEnd(): boolean {
    return this.#now.kind === 'end';
  }

  #isSign(...signs: string[]): boolean {
    return this.#now.kind === 'sign' && signs.includes(this.#now.text);
  }

  #sum(depth: number): Tree {
    let left = this.#product(depth);
    while (this.#isSign('+', '-')) left = joined(this.#next().text, left, this.#product(depth));
    return left;
  }

  #product(depth: number): Tree {
    let left = this.#signed(depth);
    while (this.#isSign('*', '/')) left = joined(this.#next().text, left, this.#signed(depth));
    return left;
  }

  #signed(depth: number): Tree {
    if (depth > MAX_DEPTH) {
      throw new FormulaError(`The formula is nested deeper than ${MAX_DEPTH} levels`, this.#now.position);
    }
    if (this.#isSign('-')) {
      this.#next();
      const operand = this.#signed(depth + 1);
      return (row) => -operand(row);
    }
    if (this.#isSign('+')) {
      this.#next();
      return this.#signed(depth + 1);
    }
    const base = this.#value(depth);
    if (!this.#isSign('^')) return base;
    this.#next();
    return joined('^', base, this.#signed(depth + 1));
  }

  #value(depth: number): Tree {
    const token = this.#now;
    if (token.kind === 'number') return this.#number();
    if (token.kind === 'bracket') return this.#column(this.#next());
    if (token.kind === 'name') return this.#named(this.#next(), depth);
    if (this.#isSign('(')) return this.#group(depth, false)[0] as Tree;
    throw new FormulaError('A value is missing here', token.position);
  }

  #number(): Tree {
    const token = this.#next();
    const value = Number(token.text);
    if (!Number.isFinite(value)) throw new FormulaError('This number is too large', token.position);
    return () => value;
  }

  #named(token: Token, depth: number): Tree {
    if (Object.hasOwn(FUNCTIONS, token.text)) return this.#call(token, depth);
    if (this.#isSign('(')) {
      const known = Object.keys(FUNCTIONS).join(', ');
      throw new FormulaError(`There is no function '${token.text}'; there are ${known}`, token.position);
    }
    const constant = Object.hasOwn(CONSTANTS, token.text) ? CONSTANTS[token.text] : undefined;
    return constant === undefined ? this.#column(token) : () => constant;
  }

  #column({ text, position }: Token): Tree {
    if (this.columns.includes(text)) {
      this.used.add(text);
      return (row) => row(text);
    }
    const more = this.columns.length - NAMED_IN_ERRORS;
    const known = this.columns.slice(0, NAMED_IN_ERRORS).join(', ') + (more > 0 ? ` and ${more} more` : '');
    throw new FormulaError(`There is no column '${text}'; there are ${known}`, position);
  }

  #call({ text, position }: Token, depth: number): Tree {
    if (!this.#isSign('(')) throw new FormulaError(`'${text}' is a function: write ${text}( )`, position);
    const values = this.#group(depth, true);
    const { fewest, most, value } = FUNCTIONS[text] as (typeof FUNCTIONS)[string];
    if (values.length < fewest || values.length > most) {
      const takes = most === 1 ? '1 value' : `${fewest} to ${most} values`;
      throw new FormulaError(`'${text}' takes ${takes}, here it has ${values.length}`, position);
    }
    return (row) => value(values.map((tree) => tree(row)));
  }

  /** What stands between two parentheses; with `several` values divided by commas. */
  #group(depth: number, several: boolean): Tree[] {
    const opened = this.#next();
    const values = [this.#sum(depth + 1)];
    while (several && this.#isSign(',')) {
      this.#next();
      values.push(this.#sum(depth + 1));
    }
    if (this.#isAtEnd()) throw new FormulaError('This parenthesis is not closed', opened.position);
    if (!this.#isSign(')')) throw this.#unexpected();
    this.#next();
    return values;
  }

  #unexpected(): FormulaError {
    const { position } = this.#now;
    if (this.#isSign(')')) return new FormulaError('This parenthesis was never opened', position);
    if (this.#isSign(',')) return new FormulaError('A comma belongs between the values of a function', position);
    return new FormulaError('An operator such as + or * is missing here', position);
  }
}

function joined(sign: string, left: Tree, right: Tree): Tree {
  const operation = OPERATIONS[sign] as (left: number, right: number) => number;
  return (row) => operation(left(row), right(row));
}
