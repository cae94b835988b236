import type { StepResult } from '@parley/domain/mapping/facts';
import { isFormat } from '../../mapping/media.ts';
import type { Collected } from '../../upstream/collected-call.ts';
import { decodeBody } from '../../wire/decode-body.ts';

/** What came of a step: as templates and conditions read it, and as JSON text for expressions. */
export interface Made {
  readonly result: StepResult;
  readonly json: string;
}

/** A step that cannot be used; the words are for the caller. */
export class StepFault {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

const TEXT_TYPE = /^text\//i;

/** Puts a result together; `bodyJson` has been parsed, so it is one value and no more. */
function made(status: number, headers: Record<string, string>, bodyJson: string, how: Partial<StepResult> = {}): Made {
  const body: unknown = JSON.parse(bodyJson);
  const result: StepResult = { status, headers, body, failed: false, skipped: false, ...how };
  const { failed, skipped } = result;
  const head = JSON.stringify({ status, headers, failed, skipped });
  return { result, json: `${head.slice(0, -1)},"body":${bodyJson}}` };
}

/** A step whose condition did not hold. */
export function skippedStep(): Made {
  return made(0, {}, 'null', { skipped: true });
}

/** What stands for a step that failed and can be done without. */
export function fallbackStep(fallback: string): Made {
  return made(0, {}, fallback, { failed: true });
}

/** Reads an answer: JSON as what it is, other text as a text, anything else as null. */
export async function readStep(
  collected: Exclude<Collected, { failed: unknown }>,
  maxBytes: number,
): Promise<Made | StepFault> {
  const { status, headers } = collected;
  const plain = await decodeBody(collected.body, headers['content-encoding'] ?? '', maxBytes);
  if (plain === 'too_large') return new StepFault('Its answer is too large.');
  if (plain === 'unreadable') return new StepFault('Its answer cannot be read.');
  const texts = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && name !== 'set-cookie') texts[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const type = headers['content-type'] ?? '';
  const text = plain.toString('utf8');
  if (!isFormat(type, 'json') || plain.length === 0) {
    return made(status, texts, TEXT_TYPE.test(type) ? JSON.stringify(text) : 'null');
  }
  try {
    return made(status, texts, text);
  } catch {
    return new StepFault('Its answer is no JSON, though it says so.');
  }
}
