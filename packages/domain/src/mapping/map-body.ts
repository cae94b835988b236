import type { BodyMapping } from '@parley/contracts/policies/mapping';
import { readXml } from '../xml/read-xml.ts';
import { writeXml } from '../xml/write-xml.ts';
import { XmlFault } from '../xml/xml-value.ts';
import { type Expression, ExpressionFailure } from './expression.ts';
import type { MappingFacts } from './facts.ts';

/**
 * Why a body was not mapped: it is not of its format (`malformed`), the expression failed on it (`failed`; `told` when
 * the message is the expression's own word to the caller), took too long (`slow`), or made too much (`large`).
 */
export interface MappingFailure {
  readonly ok: false;
  readonly code: 'malformed' | 'failed' | 'told' | 'slow' | 'large';
  readonly message: string;
}
export type MappingOutcome = { readonly ok: true; readonly bytes: Uint8Array } | MappingFailure;

/** What is mapped, besides its policy. */
export interface MappingInput {
  readonly bytes: Uint8Array;
  /** `charset` of the media type; empty for none. */
  readonly charset: string;
  readonly facts: MappingFacts;
}

class Malformed extends Error {}
class TooLarge extends Error {}

const DECLARED = /^<\?xml[^>]{0,100}?\sencoding\s*=\s*["']([\w.-]{1,40})["']/;

/** The text of a body: JSON is UTF-8 (RFC 8259 §8.1), XML may say otherwise (RFC 7303 §3). */
function textOf({ bytes, charset }: MappingInput, from: BodyMapping['from']): string {
  let encoding = 'utf-8';
  if (from === 'xml') {
    const marked =
      bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : '';
    const start = String.fromCharCode(...bytes.subarray(0, 200));
    encoding = marked || charset || (DECLARED.exec(start)?.[1] ?? encoding);
  }
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new Malformed(`The body is not text in ${encoding.slice(0, 40)}.`);
  }
}

function read(text: string, { from, arrays }: BodyMapping): unknown {
  if (from === 'xml') {
    try {
      return readXml(text, { arrays });
    } catch (error) {
      if (error instanceof XmlFault) throw new Malformed(error.message);
      throw error;
    }
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Malformed('The body is not valid JSON.');
  }
}

/** Functions of JSONata are objects; they are no data. */
function withoutFunctions(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return '_jsonata_lambda' in value || '_jsonata_function' in value ? undefined : value;
}

function write(value: unknown, to: BodyMapping['to'], maxBytes: number): Uint8Array {
  const text =
    value === undefined
      ? undefined
      : to === 'xml'
        ? writeXml(value, maxBytes)
        : JSON.stringify(value, withoutFunctions);
  if (text === undefined) throw new ExpressionFailure('The expression yields nothing.');
  if (text.length > maxBytes) throw new TooLarge();
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > maxBytes) throw new TooLarge();
  return bytes;
}

function failureOf(error: unknown): MappingFailure {
  if (error instanceof Malformed) return { ok: false, code: 'malformed', message: error.message };
  if (error instanceof ExpressionFailure) {
    return { ok: false, code: error.slow ? 'slow' : error.told ? 'told' : 'failed', message: error.message };
  }
  if (error instanceof TooLarge) return { ok: false, code: 'large', message: 'The mapped body is too large.' };
  if (error instanceof XmlFault) return { ok: false, code: 'failed', message: error.message };
  if (error instanceof RangeError)
    return { ok: false, code: 'large', message: 'The body is nested too deeply, or too large.' };
  throw error;
}

/**
 * Reads a body, evaluates the expression on it (`null` leaves it as it is), and writes what comes of it. Facts are bound
 * by their names: `$request`, `$caller`, `$plan`, `$api`, `$version`, `$route`, and `$response` of an answer.
 */
export async function mapBody(
  mapping: BodyMapping,
  expression: Expression | null,
  input: MappingInput,
): Promise<MappingOutcome> {
  try {
    const value = read(textOf(input, mapping.from), mapping);
    const made = expression === null ? value : await expression.evaluate(value, { ...input.facts });
    return { ok: true, bytes: write(made, mapping.to, mapping.maxKb * 1024) };
  } catch (error) {
    return failureOf(error);
  }
}
