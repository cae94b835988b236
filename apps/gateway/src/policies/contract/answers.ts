import type { IncomingHttpHeaders } from 'node:http';
import type { JsonSchema } from '@parley/contracts/contract-document';
import { MAX_FINDINGS, type ValueCheck } from '@parley/domain/openapi/check-value';
import type { Exchange } from '../../exchange.ts';
import type { Ports } from '../../ports/ports.ts';
import { refusal } from '../../refusals.ts';
import { NO_FACTS } from '../../routing/call-facts.ts';
import type { OnTheWay } from '../../serving/answer.ts';
import { PassingRelay } from '../../serving/passing-relay.ts';
import type { EndpointSource } from '../../stage.ts';
import { refuse } from '../../stages/refuse.ts';
import type { Relay } from '../../stages/relay.ts';
import { FindingsLog } from '../findings-log.ts';
import { checkJson } from './body.ts';
import { mediaOf, type Operation, operationsOf } from './operations.ts';

const JSON_TYPE = /^application\/(?:[\w.+-]{1,80}\+)?json\s*(?:;|$)/i;

interface Checking {
  readonly find: (exchange: Exchange, status: number, contentType: string) => ValueCheck | null;
  readonly enforce: boolean;
  readonly maxBytes: number;
  readonly log: FindingsLog;
}

/** Holds a REST answer to the contract; `null` where answers are not checked. */
export function checkAnswer({ policies, api, version }: EndpointSource): OnTheWay | null {
  const policy = policies.contract;
  if (!policy || policy.responses === 'off' || !version.contract) return null;
  const operations = operationsOf(version.contract);
  const checking: Checking = {
    enforce: policy.responses === 'enforce',
    maxBytes: policy.maxBodyKb * 1024,
    log: new FindingsLog('an answer does not fit its contract', { api: api.slug, version: version.version }),
    find(exchange, status, contentType) {
      const found = operations.find(exchange.method, exchange.rest, NO_FACTS);
      if (found.kind !== 'match' || !JSON_TYPE.test(contentType)) return null;
      const content = found.match.value.responseContent(status);
      const schema = content === null ? null : mediaOf(content, contentType);
      return schema == null ? null : checkOrNull(found.match.value, schema);
    },
  };
  return (next, exchange, ports) => new CheckedRelay(next, exchange, ports, checking);
}

/** A schema that cannot be compiled is told of when a version is saved; here its answers pass. */
function checkOrNull(operation: Operation, schema: JsonSchema): ValueCheck | null {
  try {
    return operation.checkOf(schema);
  } catch {
    return null;
  }
}

/**
 * An answer on its way, checked at its end. Reported ones pass as they come; to be enforced, an answer is held back until it
 * is complete. One that is larger than what is checked, compressed, or no JSON passes unchecked.
 */
class CheckedRelay extends PassingRelay {
  readonly #exchange: Exchange;
  readonly #ports: Ports;
  readonly #checking: Checking;
  #check: ValueCheck | null = null;
  #held: { status: number; headers: IncomingHttpHeaders } | null = null;
  #pieces: Buffer[] = [];
  #size = 0;

  constructor(inner: Relay, exchange: Exchange, ports: Ports, checking: Checking) {
    super(inner);
    this.#exchange = exchange;
    this.#ports = ports;
    this.#checking = checking;
  }

  override onHead(status: number, headers: IncomingHttpHeaders): void {
    const plain = headers['content-encoding'] === undefined && this.#exchange.method !== 'HEAD';
    if (plain) this.#check = this.#checking.find(this.#exchange, status, headers['content-type'] ?? '');
    if (this.#check !== null && this.#checking.enforce) this.#held = { status, headers };
    else this.next.onHead(status, headers);
  }

  override onData(chunk: Buffer): void {
    if (this.#check !== null) {
      this.#size += chunk.length;
      this.#pieces.push(chunk);
      if (this.#size > this.#checking.maxBytes) {
        this.#check = null;
        if (this.#held !== null) return this.#release();
        this.#pieces = [];
      }
    }
    if (this.#held === null) this.next.onData(chunk);
  }

  override onEnd(): void {
    const findings = this.#check === null ? [] : checkJson(this.#check, Buffer.concat(this.#pieces));
    if (findings.length > 0) {
      const shown = findings.slice(0, MAX_FINDINGS);
      this.#checking.log.add(this.#ports.log, { requestId: this.#exchange.id, findings: shown });
      if (this.#held !== null) return refuse(this.#exchange, refusal('answer_off_contract'), this.#ports);
    }
    if (this.#held !== null) this.#release();
    this.next.onEnd();
  }

  #release(): void {
    const held = this.#held;
    this.#held = null;
    if (held === null) return;
    this.next.onHead(held.status, held.headers);
    for (const piece of this.#pieces.splice(0)) this.next.onData(piece);
  }
}
