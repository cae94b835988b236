import type { BodyMapping } from '@parley/contracts/policies/mapping';
import type { TransformPolicy } from '@parley/contracts/policies/transform';
import type { MappingFacts } from '@parley/domain/mapping/facts';
import type { Exchange } from '../../exchange.ts';
import { deciding } from '../../explain/notes.ts';
import { factsOf } from '../../mapping/facts.ts';
import type { Mapped } from '../../mapping/mapper.ts';
import { charsetOf, isFormat, typeAfter } from '../../mapping/media.ts';
import type { Ports } from '../../ports/ports.ts';
import { Refusal, refusal } from '../../refusals.ts';
import type { EndpointSource, Stage } from '../../stage.ts';
import { collectBody, hasBody } from '../../wire/body.ts';
import { FindingsLog } from '../findings-log.ts';
import { fingerprintOf } from '../idempotency/key.ts';
import { askForWhole, printOf } from './entity-tags.ts';
import { compileEdits, editFlat, type HeaderEdits } from './headers.ts';
import { compileQueryEdits, editQuery, type QueryEdits } from './query.ts';
import { compileRule } from './rules.ts';

interface Changes {
  readonly headers: HeaderEdits | null;
  readonly query: QueryEdits | null;
  readonly body: BodyMapping | null;
  /** Answers are mapped: what names the mapping in their tags. */
  readonly print: string | null;
  readonly log: FindingsLog;
}

/** What names the mapping of an endpoint's answers; `null` where their bodies stay as they are. */
export function printOfAnswers({ responses }: TransformPolicy): string | null {
  return responses.some(({ body }) => body) ? printOf(responses) : null;
}

/** Throws for what cannot be compiled, on the way back as well: such an endpoint takes no calls. */
function compile(policy: TransformPolicy, { api, version }: EndpointSource): Changes {
  policy.responses.forEach(compileRule);
  const { headers, query, body } = policy.request ?? {};
  return {
    headers: headers ? compileEdits(headers, 'request') : null,
    query: query ? compileQueryEdits(query) : null,
    body: body ?? null,
    print: printOfAnswers(policy),
    log: new FindingsLog('a request cannot be mapped', { api: api.slug, version: version.version }),
  };
}

/** Changes what a REST upstream gets; `null` without the policy. Stands after the contract, which is about what came. */
export function transformRequest(source: EndpointSource): Stage | null {
  const policy = source.policies.transform;
  if (!policy || source.route === null) return null;
  let changes: Changes;
  try {
    changes = compile(policy, source);
  } catch {
    return deciding('transform', () => refusal('policy_unsupported'));
  }
  const { body } = changes;
  return deciding('transform', (exchange, ports) => {
    const facts = factsOf(exchange, source);
    exchange.facts = facts;
    // Repeats are told by what callers send: an expression may make something new each time.
    if (exchange.idempotencyKey !== null) exchange.fingerprint = fingerprintOf(exchange);
    if (body === null || !hasBody(exchange)) return edit(exchange, changes, facts);
    const outcome = mapRequest(exchange, ports, body, changes.log, facts);
    if (!(outcome instanceof Promise)) return outcome ?? edit(exchange, changes, facts);
    return outcome.then((refused) => refused ?? edit(exchange, changes, facts));
  });
}

function edit(exchange: Exchange, { headers, query, print }: Changes, facts: MappingFacts): null {
  if (print !== null) exchange.forwardHeaders = askForWhole(exchange.forwardHeaders, print);
  if (headers !== null) exchange.forwardHeaders = editFlat(exchange.forwardHeaders, headers, facts);
  if (query !== null) exchange.query = editQuery(exchange.query, query, facts);
  return null;
}

function mapRequest(
  exchange: Exchange,
  ports: Ports,
  mapping: BodyMapping,
  log: FindingsLog,
  facts: MappingFacts,
): Refusal | null | Promise<Refusal | null> {
  const { contentType, contentEncoding } = exchange;
  const compressed = contentEncoding !== '' && contentEncoding.toLowerCase() !== 'identity';
  if (compressed || !isFormat(contentType, mapping.from)) {
    if (mapping.otherTypes === 'pass') return null;
    const name = mapping.from.toUpperCase();
    return refusal('unsupported_media_type', { message: `This endpoint reads uncompressed ${name} only.` });
  }
  const maxBytes = Math.min(mapping.maxKb * 1024, exchange.api?.maxBodyBytes ?? 0);
  return collectBody(exchange, maxBytes).then(async (body) => {
    if (body instanceof Refusal) return body;
    if (body.length === 0) return null;
    const tenantId = exchange.tenant?.id ?? '';
    const applicationId = exchange.caller?.application.id ?? '';
    const charset = charsetOf(contentType);
    const mapped = await ports.mapper.map({ tenantId, applicationId, mapping, body, charset, facts });
    if (!mapped.ok) {
      log.add(ports.log, { requestId: exchange.id, code: mapped.code, problem: mapped.message });
      return refusalOf(mapped, mapping);
    }
    exchange.body = Buffer.from(mapped.bytes.buffer, mapped.bytes.byteOffset, mapped.bytes.length);
    const type = typeAfter(contentType, mapping.from, mapping.to);
    const headers = exchange.forwardHeaders;
    for (let at = 0; at < headers.length; at += 2) if (headers[at] === 'content-type') headers[at + 1] = type;
    return null;
  });
}

function refusalOf({ code, message }: Exclude<Mapped, { ok: true }>, { from }: BodyMapping): Refusal {
  switch (code) {
    case 'malformed':
      return refusal(from === 'xml' ? 'malformed_xml' : 'malformed_json', { errors: [{ pointer: '/body', message }] });
    case 'told':
      return refusal('request_unmappable', { errors: [{ pointer: '/body', message }] });
    case 'large':
      return refusal('request_unmappable', { message: 'What the body is turned into is too large.' });
    case 'busy':
      return refusal('overloaded', { retryAfterSeconds: 1 });
    default:
      return refusal('request_unmappable');
  }
}
