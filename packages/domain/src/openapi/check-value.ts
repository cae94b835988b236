import { isIP } from 'node:net';
import type { Contract, JsonSchema } from '@parley/contracts/contract-document';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { RE2JS } from 're2js';
import { STEP_KEYWORD } from './convert-schema.ts';

/** One thing that does not fit: JSON Pointer from the place that was checked, and a sentence. */
export interface Finding {
  readonly pointer: string;
  readonly message: string;
}

/** What is wrong with a value; empty when it fits. */
export type ValueCheck = (value: unknown) => readonly Finding[];

/** Findings told of one message. */
export const MAX_FINDINGS = 20;
/** Steps of checking that one value may take; a step is about a microsecond. */
const MAX_STEPS = 100_000;
/** Characters of text that cost a step when a pattern, or uniqueness, looks at them. */
const CHARACTERS_PER_STEP = 16;

class TooManySteps extends Error {}

const LOCAL_DATE = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,12})?(?:z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?$/i;
const isDate = (text: string): boolean =>
  LOCAL_DATE.test(text) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);

/** Formats that are checked; others are taken as remarks. Each looks at its text once. */
const FORMATS = {
  date: isDate,
  time: TIME,
  'date-time': (text: string) =>
    isDate(text.slice(0, 10)) &&
    /^[t ]$/i.test(text.charAt(10)) &&
    /(?:z|[+-]\d\d:\d\d)$/i.test(text) &&
    TIME.test(text.slice(11)),
  email: /^[^\s@]{1,64}@[^\s@.]{1,63}(?:\.[^\s@.]{1,63}){1,10}$/,
  hostname: /^(?=.{1,253}$)[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?){0,126}$/i,
  ipv4: (text: string) => isIP(text) === 4,
  ipv6: (text: string) => isIP(text) === 6,
  uri: (text: string) => /^[a-z][a-z\d+.-]{0,40}:/i.test(text) && URL.canParse(text),
  uuid: /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i,
  int32: {
    type: 'number' as const,
    validate: (value: number) => Number.isInteger(value) && Math.abs(value) <= 2 ** 31,
  },
  int64: { type: 'number' as const, validate: (value: number) => Number.isInteger(value) },
};

/**
 * Compiles the schemas of one contract, each when it is first asked for. Patterns run in linear time (RE2). What a value
 * may cost is counted in steps, so that no schema, however it refers to itself, can hold a shared process.
 */
export class ContractSchemas {
  readonly #ajv: Ajv2020;
  #steps = 0;

  constructor(definitions: Contract['definitions']) {
    const take = (steps: number): void => {
      this.#steps += steps;
      if (this.#steps > MAX_STEPS) throw new TooManySteps();
    };
    const regExp = Object.assign(
      (pattern: string) => {
        const compiled = RE2JS.compile(pattern);
        return {
          test: (text: string) => {
            take(1 + text.length / CHARACTERS_PER_STEP);
            return compiled.matcher(text).find();
          },
          toString: () => `/${pattern}/`,
        };
      },
      { code: 'require("re2js")' },
    );
    this.#ajv = new Ajv2020({
      strict: false,
      allErrors: true,
      validateSchema: false,
      logger: false,
      formats: FORMATS,
      code: { regExp },
    });
    this.#ajv.addKeyword({
      keyword: STEP_KEYWORD,
      validate: () => {
        take(1);
        return true;
      },
    });
    this.#ajv.removeKeyword('uniqueItems');
    this.#ajv.addKeyword({
      keyword: 'uniqueItems',
      type: 'array',
      validate: (on: boolean, list: unknown[]) => !on || isUnique(list, take),
    });
    this.#ajv.addSchema({ $id: 'contract', $defs: definitions });
  }

  /** Prepares a check. Throws when the schema cannot be compiled: a pattern beyond RE2, a keyword of the wrong form. */
  compile(schema: JsonSchema): ValueCheck {
    const validate = this.#ajv.compile(schema);
    return (value) => {
      this.#steps = 0;
      try {
        return validate(value) ? [] : findings(validate.errors ?? []);
      } catch (error) {
        if (!(error instanceof TooManySteps) && !(error instanceof RangeError)) throw error;
        return [{ pointer: '', message: 'It is too large or too deep to be checked.' }];
      }
    };
  }
}

function isUnique(list: readonly unknown[], take: (steps: number) => void): boolean {
  const seen = new Set<string>();
  for (const item of list) {
    const text = JSON.stringify(item, (_, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    );
    take(1 + text.length / CHARACTERS_PER_STEP);
    if (seen.has(text)) return false;
    seen.add(text);
  }
  return true;
}

/** Says nothing by itself: what it stands for has said it. */
const SILENT = new Set(['if', '$ref']);

function findings(errors: readonly ErrorObject[]): Finding[] {
  return errors
    .filter((error) => !SILENT.has(error.keyword))
    .slice(0, MAX_FINDINGS)
    .map(told);
}

function told({ keyword, instancePath, params, message }: ErrorObject): Finding {
  const given = params as Readonly<Record<string, unknown>>;
  switch (keyword) {
    case 'required':
      return { pointer: `${instancePath}/${escaped(given.missingProperty)}`, message: 'It is missing.' };
    case 'additionalProperties':
      return { pointer: `${instancePath}/${escaped(given.additionalProperty)}`, message: 'It is not a field here.' };
    case 'unevaluatedProperties':
      return { pointer: `${instancePath}/${escaped(given.unevaluatedProperty)}`, message: 'It is not a field here.' };
    case 'enum':
      return {
        pointer: instancePath,
        message: `It must be one of ${JSON.stringify(given.allowedValues).slice(1, 200).replace(/\]$/, '')}.`,
      };
    case 'const':
      return { pointer: instancePath, message: `It must be ${JSON.stringify(given.allowedValue).slice(0, 200)}.` };
    case 'uniqueItems':
      return { pointer: instancePath, message: 'It must not hold the same item twice.' };
    default:
      return { pointer: instancePath, message: `It ${message ?? 'does not fit the schema'}.` };
  }
}

const escaped = (name: unknown): string => String(name).replaceAll('~', '~0').replaceAll('/', '~1');
