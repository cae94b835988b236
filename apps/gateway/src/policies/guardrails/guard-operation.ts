import type { Guard } from '@parley/guard/guard';
import type { GuardPart } from '@parley/guard/part';
import { isObject } from '@parley/llm/object';
import type { OperationName } from '@parley/llm/operations/operation';
import type { Exchange } from '../../exchange.ts';
import { type Refusal, refusal } from '../../refusals.ts';
import type { EndpointSource, Stage } from '../../stage.ts';
import { CallGuard } from './call-guard.ts';
import { guardStage } from './guard-stage.ts';

/** Operations whose answers are words of somebody. */
const HEARD: ReadonlySet<OperationName> = new Set(['transcription', 'audio_translation', 'ocr']);
/** Deeper than this no request nests that is looked into. */
const MAX_DEPTH = 32;

function isDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth > MAX_DEPTH || Object.values(value).some((item) => isDeep(item, depth + 1));
}

type Source = GuardPart['source'];

/** Every text of a request but the model's name, in other words. */
function mapTexts(
  value: unknown,
  source: Source,
  replace: (text: string, source: Source) => string,
  depth = 0,
): unknown {
  if (typeof value === 'string') return replace(value, source);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, source, replace, depth + 1));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, item]) => {
    if (depth === 0 && name === 'model') return [name, item];
    return [name, mapTexts(item, name === 'documents' ? 'document' : source, replace, depth + 1)];
  });
  return Object.fromEntries(entries) as unknown;
}

/**
 * Looks into the texts of a call beside chat: refuses it, or masks it; `null` without the policy. Files are not looked into.
 * Calls whose answers would have to be watched and are words heard in a file are refused.
 */
export function guardOperation(source: EndpointSource): Stage | null {
  return guardStage(source, checkOperation);
}

function stopped(reason: string): Refusal {
  return refusal('guardrail_blocked', { message: `A guardrail stopped the call: ${reason}` });
}

function checkOperation(exchange: Exchange, guard: Guard): Refusal | null {
  const { operation } = exchange;
  if (operation === null) return refusal('internal');
  if (HEARD.has(operation.operation) && !guard.leavesOutputAlone)
    return stopped('What is heard or read in a file is not checked.');
  if (isDeep(operation.body)) return stopped('It nests too deeply to be checked.');
  const parts: GuardPart[] = [];
  mapTexts(operation.body, 'user', (text, source) => {
    parts.push({ text, source });
    return text;
  });
  const own = new CallGuard(guard, [], false);
  exchange.guard = own;
  const { texts, verdict } = guard.checkInput(parts, own.placeholders);
  for (const { count, ...finding } of verdict.findings) for (let i = 0; i < count; i++) own.found.add(finding);
  own.sent = parts.map((part, index) => ({ ...part, text: texts[index] ?? part.text }));
  const refused = own.refusal();
  if (refused !== null) return refused;
  if (!texts.some((text, index) => text !== parts[index]?.text)) return null;
  if (operation.contentType !== 'application/json')
    return stopped('What is to be masked is in a form, which stays as it is.');
  let next = 0;
  const body = mapTexts(operation.body, 'user', () => texts[next++] ?? '') as typeof operation.body;
  exchange.operation = { ...operation, body, bytes: Buffer.from(JSON.stringify(body)) };
  return null;
}
