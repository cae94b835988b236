import type { IncomingHttpHeaders } from 'node:http';
import type { BodyMapping } from '@parley/contracts/policies/mapping';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { MappingFacts } from '@parley/domain/mapping/facts';
import type { Exchange } from '../../exchange.ts';
import { answerFacts, factsOf } from '../../mapping/facts.ts';
import { charsetOf, isFormat, typeAfter } from '../../mapping/media.ts';
import type { Ports } from '../../ports/ports.ts';
import { type Refusal, refusal } from '../../refusals.ts';
import type { OnTheWay } from '../../serving/answer.ts';
import { HeldAnswer, type Holding, type WholeAnswer } from '../../serving/held-answer.ts';
import { PassingRelay } from '../../serving/passing-relay.ts';
import type { EndpointSource } from '../../stage.ts';
import { refuse } from '../../stages/refuse.ts';
import type { Relay } from '../../stages/relay.ts';
import { decodeBody } from '../../wire/decode-body.ts';
import { FindingsLog } from '../findings-log.ts';
import { tagAfter } from './entity-tags.ts';
import { printOfAnswers } from './request.ts';
import { type CompiledRule, compileRule, headBy } from './rules.ts';

interface Changing {
  readonly source: EndpointSource;
  readonly rules: readonly CompiledRule[];
  readonly print: string;
  readonly log: FindingsLog;
}

/** Changes what callers get of an answer; `null` where answers stay as they are. */
export function transformAnswer(source: EndpointSource): OnTheWay | null {
  const { policies, api, version } = source;
  const policy = policies.transform;
  if (!policy || policy.responses.length === 0) return null;
  const log = new FindingsLog('an answer cannot be mapped', { api: api.slug, version: version.version });
  let rules: CompiledRule[];
  try {
    rules = policy.responses.map(compileRule);
  } catch {
    // `transformRequest` refuses every call of such an endpoint.
    return null;
  }
  const changing: Changing = { source, rules, print: printOfAnswers(policy) ?? '', log };
  return (next, exchange, ports) => new ChangedAnswer(next, exchange, ports, changing);
}

/** Headers that are about the bytes the upstream sent. */
const OF_BYTES = [
  'content-encoding',
  'content-length',
  'content-md5',
  'digest',
  'content-digest',
  'repr-digest',
  'last-modified',
  'accept-ranges',
];

/** The upstream's headers without what a mapped body makes untrue. */
function headersAfter(headers: IncomingHttpHeaders, mapping: BodyMapping, print: string): IncomingHttpHeaders {
  const after: Record<string, string | string[] | undefined> = { ...headers };
  for (const name of OF_BYTES) delete after[name];
  const tag = headers.etag === undefined ? null : tagAfter(headers.etag, print);
  delete after['etag'];
  if (tag !== null) after['etag'] = tag;
  const type = headers['content-type'];
  if (type !== undefined) after['content-type'] = typeAfter(type, mapping.from, mapping.to);
  return after;
}

function isMappable(headers: IncomingHttpHeaders, status: number, { from }: BodyMapping): boolean {
  return status !== 206 && isFormat(headers['content-type'] ?? '', from);
}

/** An answer on its way, changed by the first rule that is for it. */
class ChangedAnswer extends PassingRelay {
  readonly #exchange: Exchange;
  readonly #ports: Ports;
  readonly #changing: Changing;
  /** What carries the rest, once the head is here. */
  #way: Relay;
  #over = false;

  constructor(next: Relay, exchange: Exchange, ports: Ports, changing: Changing) {
    super(next);
    this.#way = next;
    this.#exchange = exchange;
    this.#ports = ports;
    this.#changing = changing;
  }

  override onHead(status: number, headers: IncomingHttpHeaders): void {
    const { rules, source, print } = this.#changing;
    // «Not modified» is said of the answer that a 200 would bring.
    const meant = status === 304 ? 200 : status;
    const facts = answerFacts(this.#exchange.facts ?? factsOf(this.#exchange, source), meant, headers);
    const rule = rules.find(({ fits }) => fits(facts, meant));
    if (rule === undefined) return this.next.onHead(status, headers);
    const mapping = rule.body;
    const bodiless = this.#exchange.method === 'HEAD' || status === 204 || status === 304;
    if (mapping !== null && bodiless) {
      const head = headBy(rule, facts, status, headersAfter(headers, mapping, print));
      return this.next.onHead(head.status, head.headers);
    }
    if (mapping !== null && headers['content-length'] !== '0') {
      if (isMappable(headers, status, mapping)) return this.#hold(rule, mapping, facts, status, headers);
      if (mapping.otherTypes === 'refuse') return this.#refuse(headers, mapping);
    }
    const head = headBy(rule, facts, status, headers);
    this.next.onHead(head.status, head.headers);
  }

  override onData(chunk: Buffer): void {
    if (!this.#over) this.#way.onData(chunk);
  }

  override onEnd(): void {
    if (!this.#over) this.#way.onEnd();
  }

  override onFail(code: RefusalCode, error: Error): void {
    if (!this.#over) this.#way.onFail(code, error);
  }

  #hold(
    rule: CompiledRule,
    mapping: BodyMapping,
    facts: MappingFacts,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    const holding: Holding = {
      maxBytes: mapping.maxKb * 1024,
      holds: () => true,
      map: async (answer) => {
        const mapped = await this.#map(answer, mapping, facts);
        if (!(mapped instanceof Uint8Array)) return mapped;
        const after =
          mapped === answer.body ? answer.headers : headersAfter(answer.headers, mapping, this.#changing.print);
        return { ...headBy(rule, facts, answer.status, after), body: mapped };
      },
    };
    this.#way = new HeldAnswer(this.next, this.#exchange, this.#ports, holding);
    this.#way.onHead(status, headers);
  }

  async #map({ headers, body }: WholeAnswer, mapping: BodyMapping, facts: MappingFacts): Promise<Buffer | Refusal> {
    if (body.length === 0) return body;
    const plain = await decodeBody(body, headers['content-encoding'] ?? '', mapping.maxKb * 1024);
    if (plain === 'too_large') return refusal('answer_too_large');
    if (plain === 'unreadable') return this.#note('its content coding cannot be undone', 'answer_unreadable');
    const { tenant, caller } = this.#exchange;
    const mapped = await this.#ports.mapper.map({
      tenantId: tenant?.id ?? '',
      applicationId: caller?.application.id ?? '',
      mapping,
      body: plain,
      charset: charsetOf(headers['content-type'] ?? ''),
      facts,
    });
    if (mapped.ok) return Buffer.from(mapped.bytes.buffer, mapped.bytes.byteOffset, mapped.bytes.length);
    return this.#note(mapped.message, mapped.code === 'large' ? 'answer_too_large' : 'answer_unreadable');
  }

  #note(problem: string, code: RefusalCode): Refusal {
    this.#changing.log.add(this.#ports.log, { requestId: this.#exchange.id, problem });
    return refusal(code);
  }

  #refuse(headers: IncomingHttpHeaders, { from }: BodyMapping): void {
    this.#over = true;
    const type = (headers['content-type'] ?? 'no media type').slice(0, 100);
    refuse(this.#exchange, this.#note(`it has ${type}, the mapping reads ${from}`, 'answer_unreadable'), this.#ports);
  }
}
