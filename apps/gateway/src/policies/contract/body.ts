import type { ContractPolicy } from '@parley/contracts/policies/contract';
import type { Finding, ValueCheck } from '@parley/domain/openapi/check-value';
import type { Exchange } from '../../exchange.ts';
import { Refusal } from '../../refusals.ts';
import { hasBody } from '../../wire/body.ts';
import { readAhead } from '../../wire/read-ahead.ts';
import { mediaOf, type Operation } from './operations.ts';
import { best, pairsOf, scalar } from './parameters.ts';

const JSON_TYPE = /^application\/(?:[\w.+-]{1,80}\+)?json\s*(?:;|$)/i;
const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;

const one = (pointer: string, message: string): Finding[] => [{ pointer, message }];

/** What is wrong with the body; a promise where it has to be read for that. */
export function checkBody(
  operation: Operation,
  exchange: Exchange,
  policy: ContractPolicy,
): readonly Finding[] | Promise<readonly Finding[] | Refusal> {
  const { body } = operation.source;
  if (!hasBody(exchange)) return body?.required ? one('/body', 'It is missing.') : [];
  if (body === null) return [];
  const schema = mediaOf(body.content, exchange.contentType);
  if (schema === undefined) {
    return one('/header/content-type', `It must be one of ${Object.keys(body.content).join(', ').slice(0, 200)}.`);
  }
  if (schema === null || !(JSON_TYPE.test(exchange.contentType) || FORM_TYPE.test(exchange.contentType))) return [];
  if (exchange.contentEncoding !== '' && exchange.contentEncoding.toLowerCase() !== 'identity') {
    return one('/header/content-encoding', 'A compressed body cannot be checked; send it as it is.');
  }
  const check = operation.checkOf(schema);
  const maxBytes = policy.maxBodyKb * 1024;
  return readAhead(exchange, maxBytes + 1).then((ahead) => {
    if (ahead instanceof Refusal) return ahead;
    if (!ahead.whole || ahead.bytes.length > maxBytes)
      return one('/body', `It is larger than the ${policy.maxBodyKb} KB that are checked.`);
    return JSON_TYPE.test(exchange.contentType) ? checkJson(check, ahead.bytes) : checkForm(check, ahead.bytes);
  });
}

/** What is wrong with JSON text, by pointers that start with `/body`. */
export function checkJson(check: ValueCheck, bytes: Buffer): readonly Finding[] {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return one('/body', 'It is not valid JSON.');
  }
  return inBody(check(value));
}

function checkForm(check: ValueCheck, bytes: Buffer): readonly Finding[] {
  const fields = [...pairsOf(bytes.toString('latin1'), '&', true)];
  const read = (item: (text: string) => unknown) =>
    Object.fromEntries(
      fields.map(([name, texts]) => [name, texts.length === 1 ? item(texts[0] ?? '') : texts.map(item)]),
    );
  return inBody(best(check, [read(scalar), read((text) => text)]));
}

function inBody(findings: readonly Finding[]): readonly Finding[] {
  return findings.map(({ pointer, message }) => ({ pointer: `/body${pointer}`, message }));
}
