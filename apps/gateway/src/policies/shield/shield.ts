import type { ShieldPolicy } from '@parley/contracts/policies/shield';
import type { Exchange } from '../../exchange.ts';
import { deciding } from '../../explain/notes.ts';
import type { Ports } from '../../ports/ports.ts';
import { Refusal, refusal } from '../../refusals.ts';
import type { EndpointSource, Stage } from '../../stage.ts';
import { hasBody } from '../../wire/body.ts';
import { readAhead } from '../../wire/read-ahead.ts';
import { addNote } from '../../wire/response-headers.ts';
import { FindingsLog } from '../findings-log.ts';
import { jsonSize, parameterCount } from './bounds.ts';
import { Score, type UsedRule, usedRules } from './score.ts';
import { unpack } from './unpack.ts';
import { addressValues, bodyValues, isJson } from './values.ts';

interface Shield {
  readonly policy: ShieldPolicy;
  readonly rules: readonly UsedRule[];
  readonly bodies: boolean;
  readonly log: FindingsLog;
}

/**
 * Looks for attacks in path, query, headers and, of REST calls, bodies; `null` without the policy. What a prompt or a chat
 * says is never looked at: talking about attacks is no attack.
 */
export function shield({ policies, api, version }: EndpointSource): Stage | null {
  const policy = policies.shield;
  if (!policy) return null;
  const made: Shield = {
    policy,
    rules: usedRules(policy.paranoia, policy.excludedRules),
    bodies: version.target.kind === 'rest' && policy.inspectBodyKb > 0,
    log: new FindingsLog('the shield found something', { api: api.slug, version: version.version }),
  };
  return deciding('shield', (exchange, ports) => inspect(made, exchange, ports));
}

function inspect(made: Shield, exchange: Exchange, ports: Ports): Refusal | null | Promise<Refusal | null> {
  const { policy } = made;
  const tooMuch = headBound(policy, exchange);
  if (tooMuch !== null && policy.mode === 'block') return tooComplex(tooMuch);
  const score = new Score(made.rules);
  for (const [text, where] of addressValues(exchange.rest, exchange.query, exchange.forwardHeaders))
    score.look(text, where);
  const blockedAlready = policy.mode === 'block' && score.total >= policy.threshold;
  if (!made.bodies || !hasBody(exchange) || blockedAlready) return conclude(made, exchange, ports, score, tooMuch);
  return inspectBody(policy, exchange, score).then((outcome) =>
    outcome instanceof Refusal ? outcome : conclude(made, exchange, ports, score, tooMuch ?? outcome),
  );
}

/** Which bound the head of a request breaks, in words. */
function headBound(policy: ShieldPolicy, exchange: Exchange): string | null {
  const { rawHeaders } = exchange.request;
  if (rawHeaders.length / 2 > policy.maxHeaders) return `It has more than ${policy.maxHeaders} headers.`;
  if (parameterCount(exchange.query) > policy.maxQueryParameters) {
    return `It has more than ${policy.maxQueryParameters} query parameters.`;
  }
  for (let i = 1; i < rawHeaders.length; i += 2) {
    if ((rawHeaders[i] as string).length > policy.maxHeaderBytes) {
      return `A header is longer than ${policy.maxHeaderBytes} bytes.`;
    }
  }
  return null;
}

/** Looks at the body's beginning; answers with the bound that it breaks. */
async function inspectBody(policy: ShieldPolicy, exchange: Exchange, score: Score): Promise<Refusal | string | null> {
  const ahead = await readAhead(exchange, policy.inspectBodyKb * 1024);
  if (ahead instanceof Refusal) return ahead;
  let { bytes } = ahead;
  const coding = exchange.contentEncoding;
  if (coding !== '' && coding.toLowerCase() !== 'identity') {
    const unpacked = await unpack(bytes, coding, policy.maxDecompressedKb * 1024);
    if (unpacked === 'too large') return `Its body unpacks to more than ${policy.maxDecompressedKb} KB.`;
    if (typeof unpacked === 'string') return 'Its body is compressed in a way that cannot be read here.';
    bytes = unpacked.subarray(0, policy.inspectBodyKb * 1024);
  }
  const whole = ahead.whole && (coding === '' || bytes.length < policy.inspectBodyKb * 1024);
  if (isJson(exchange.contentType)) {
    const { depth, keys } = jsonSize(bytes);
    if (depth > policy.maxJsonDepth) return `Its JSON is nested deeper than ${policy.maxJsonDepth} levels.`;
    if (keys > policy.maxJsonKeys) return `Its JSON has more than ${policy.maxJsonKeys} fields.`;
  }
  await score.lookAt(bodyValues(exchange.contentType, bytes, whole));
  return null;
}

function conclude(
  made: Shield,
  exchange: Exchange,
  ports: Ports,
  score: Score,
  tooMuch: string | null,
): Refusal | null {
  const { policy } = made;
  if (score.total === 0 && tooMuch === null) return null;
  made.log.add(ports.log, {
    requestId: exchange.id,
    mode: policy.mode,
    score: score.total,
    rules: score.found,
    tooMuch,
  });
  const attack = score.total >= policy.threshold;
  if (policy.mode === 'block')
    return tooMuch !== null ? tooComplex(tooMuch) : attack ? refusal('request_blocked') : null;
  const verdict = attack || tooMuch !== null ? 'would block' : 'would pass';
  addNote(exchange, 'x-parley-shield', `${verdict}; score=${score.total}; threshold=${policy.threshold}`);
  return null;
}

function tooComplex(message: string): Refusal {
  return refusal('request_too_complex', { message: `The request is larger than this API takes. ${message}` });
}
