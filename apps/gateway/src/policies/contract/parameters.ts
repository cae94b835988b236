import type { Finding } from '@parley/domain/openapi/check-value';
import type { Exchange } from '../../exchange.ts';
import type { Operation, ParameterCheck } from './operations.ts';

/** What is wrong with path, query, header and cookie parameters: pointers like `/query/limit`. */
export function checkParameters(
  operation: Operation,
  exchange: Exchange,
  pathValues: readonly string[],
  unknownQuery: 'allow' | 'refuse',
): Finding[] {
  const findings: Finding[] = [];
  const query = pairsOf(exchange.query.slice(1), '&', true);
  let cookies: ReadonlyMap<string, readonly string[]> | null = null;
  for (const parameter of operation.parameters) {
    const { name } = parameter;
    switch (parameter.in) {
      case 'path': {
        const value = pathValues[operation.pathNames.indexOf(name.replaceAll(/[^A-Za-z0-9_]/g, '_'))];
        add(findings, parameter, value === undefined ? undefined : [decoded(value, false)]);
        break;
      }
      case 'query':
        if (parameter.form === 'deepObject') addObject(findings, parameter, query);
        else add(findings, parameter, query.get(name));
        break;
      case 'header': {
        const value = exchange.request.headers[name];
        add(findings, parameter, value === undefined ? undefined : [Array.isArray(value) ? value.join(',') : value]);
        break;
      }
      case 'cookie':
        cookies ??= pairsOf(exchange.request.headers.cookie ?? '', ';', false);
        add(findings, parameter, cookies.get(name));
        break;
    }
  }
  if (unknownQuery === 'refuse') {
    for (const name of query.keys()) {
      if (!operation.queryNames.has(name.replace(/\[.*$/, ''))) {
        findings.push({ pointer: `/query/${escaped(name)}`, message: 'It is not a parameter here.' });
      }
    }
  }
  return findings;
}

function add(findings: Finding[], parameter: ParameterCheck, texts: readonly string[] | undefined): void {
  const pointer = `/${parameter.in}/${escaped(parameter.name)}`;
  if (texts === undefined) {
    if (parameter.required) findings.push({ pointer, message: 'It is missing.' });
    return;
  }
  if (parameter.check === null) return;
  for (const found of best(parameter.check, readings(parameter, texts))) {
    findings.push({ pointer: pointer + found.pointer, message: found.message });
  }
}

/** `filter[status]=open`: the fields of an object. */
function addObject(
  findings: Finding[],
  parameter: ParameterCheck,
  query: ReadonlyMap<string, readonly string[]>,
): void {
  const entries = [...query].filter(([name]) => name.startsWith(`${parameter.name}[`) && name.endsWith(']'));
  const pointer = `/query/${escaped(parameter.name)}`;
  if (entries.length === 0 && parameter.required) findings.push({ pointer, message: 'It is missing.' });
  if (entries.length === 0 || parameter.check === null) return;
  const value = (read: (text: string) => unknown) =>
    Object.fromEntries(
      entries.map(([name, texts]) => [name.slice(parameter.name.length + 1, -1), read(texts[0] ?? '')]),
    );
  for (const found of best(parameter.check, [value(scalar), value((text) => text)])) {
    findings.push({ pointer: pointer + found.pointer, message: found.message });
  }
}

/** The ways in which texts can be meant, the likeliest first. */
function readings(parameter: ParameterCheck, texts: readonly string[]): unknown[] {
  const first = texts[0] ?? '';
  if (parameter.form === 'json') return [parsed(first)];
  if (parameter.form === 'list') {
    const items = parameter.separator === '' ? texts : first.split(parameter.separator);
    return [items.map(scalar), items];
  }
  const value = scalar(first);
  return value === first ? [first] : [value, first];
}

/** The findings of the reading that fits, or of the first. */
export function best(check: NonNullable<ParameterCheck['check']>, values: readonly unknown[]): readonly Finding[] {
  let first: readonly Finding[] | null = null;
  for (const value of values) {
    const findings = check(value);
    if (findings.length === 0) return findings;
    first ??= findings;
  }
  return first ?? [];
}

const NUMBER = /^-?(?:0|[1-9]\d{0,30})(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?$/;

/** A number or a truth value where the text is one, else the text. */
export function scalar(text: string): unknown {
  if (text === 'true') return true;
  if (text === 'false') return false;
  return NUMBER.test(text) ? Number(text) : text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Names and values of a query, a form (`+` is a space) or a Cookie header. */
export function pairsOf(text: string, separator: '&' | ';', plus: boolean): Map<string, string[]> {
  const pairs = new Map<string, string[]>();
  if (text === '') return pairs;
  for (const pair of text.split(separator)) {
    if (pair === '') continue;
    const mark = pair.indexOf('=');
    const name = decoded((mark === -1 ? pair : pair.slice(0, mark)).trim(), plus);
    const value = decoded(mark === -1 ? '' : pair.slice(mark + 1), plus);
    const values = pairs.get(name);
    if (values === undefined) pairs.set(name, [value]);
    else values.push(value);
  }
  return pairs;
}

function decoded(text: string, plus: boolean): string {
  const spaced = plus ? text.replaceAll('+', ' ') : text;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

export const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
