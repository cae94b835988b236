import type { BodyMapping } from '@parley/contracts/policies/mapping';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import { stepVariable } from '@parley/domain/mapping/composition';
import type { MappingFacts, StepFacts, StepResult } from '@parley/domain/mapping/facts';
import type { Exchange } from '../../exchange.ts';
import type { Mapped } from '../../mapping/mapper.ts';
import type { Ports } from '../../ports/ports.ts';
import { type Refusal, refusal } from '../../refusals.ts';
import type { WholeAnswer } from '../../serving/held-answer.ts';
import { refuse } from '../../stages/refuse.ts';
import type { Relay } from '../../stages/relay.ts';
import { CollectedCall } from '../../upstream/collected-call.ts';
import type { RunningCall } from '../../upstream/running-call.ts';
import type { FindingsLog } from '../findings-log.ts';
import { headerText } from '../transform/headers.ts';
import type { CompiledComposition, CompiledStep } from './compile-steps.ts';
import { readReply } from './reply.ts';
import { fallbackStep, type Made, readStep, StepFault, skippedStep } from './step-result.ts';

/** What of the caller's headers every step gets: who calls, and what traces belong to. */
const PASSED = /^(?:accept-language|traceparent|tracestate|baggage|via|x-request-id|x-forwarded-.+|x-parley-.+)$/;

/** Why a step failed, by the refusal its call amounts to. */
const WHY: Readonly<Partial<Record<RefusalCode, string>>> = {
  upstream_timeout: 'It did not answer in time.',
  answer_too_large: 'Its answer is too large.',
  upstream_breaker_open: 'Too many calls to its upstream failed, so none is made for a moment.',
};

/** The call cannot go on without this step. */
class Lost extends Error {
  readonly step: string;
  readonly why: string;

  constructor(step: string, why: string) {
    super(`the step ${step} failed: ${why}`);
    this.step = step;
    this.why = why;
  }
}

export interface CompositionCall {
  readonly exchange: Exchange;
  readonly ports: Ports;
  readonly facts: MappingFacts;
  /** The caller's body as JSON text, known to be JSON; `null` is one without. */
  readonly body: string;
  readonly log: FindingsLog;
}

/** One call that is answered from several: runs its steps, each as soon as those it waits for are done, and makes the reply. */
export class Composition implements RunningCall {
  readonly #call: CompositionCall;
  readonly #plan: CompiledComposition;
  readonly #relay: Relay;
  readonly #deadline: number;
  readonly #body: unknown;
  readonly #made = new Map<string, Made>();
  readonly #running = new Set<CollectedCall>();
  readonly #partial: string[] = [];
  #over = false;

  constructor(call: CompositionCall, plan: CompiledComposition, relay: Relay) {
    this.#call = call;
    this.#plan = plan;
    this.#relay = relay;
    this.#deadline = performance.now() + plan.totalMs;
    this.#body = JSON.parse(call.body);
  }

  start(): void {
    const { exchange } = this.#call;
    exchange.upstreamStartedAt = performance.now();
    this.#compose().then(
      (outcome) => this.#tell(outcome),
      (error: unknown) => this.#fail(error),
    );
  }

  /** The reply is whole before it goes on: there is nothing to hold back. */
  pause(): void {}
  resume(): void {}

  abort(): void {
    this.#over = true;
    for (const call of this.#running) {
      call.abort();
      this.#leave(call);
    }
  }

  async #compose(): Promise<WholeAnswer | Refusal> {
    const done = new Map<string, Promise<void>>();
    for (const step of this.#plan.steps) {
      done.set(
        step.name,
        this.#step(
          step,
          step.after.map((name) => done.get(name) ?? Promise.resolve()),
        ),
      );
    }
    await Promise.all(done.values());
    if (this.#over) return refusal('client_closed');
    const { exchange, log, ports } = this.#call;
    exchange.upstreamUs = Math.round((performance.now() - exchange.upstreamStartedAt) * 1000);
    const mapped = await this.#evaluate(this.#plan.answer);
    const reply = mapped.ok ? readReply(mapped.bytes, this.#partial) : mapped.message;
    if (typeof reply !== 'string') return reply;
    log.add(ports.log, { requestId: exchange.id, problem: reply });
    return refusal(!mapped.ok && mapped.code === 'large' ? 'answer_too_large' : 'answer_unreadable');
  }

  async #step(step: CompiledStep, before: readonly Promise<void>[]): Promise<void> {
    await Promise.all(before);
    if (this.#over) return;
    const outcome = this.#isLeftOut(step) ? skippedStep() : await this.#make(step);
    if (this.#over) return;
    if (!(outcome instanceof StepFault)) {
      this.#made.set(step.name, outcome);
      return;
    }
    const { log, ports, exchange } = this.#call;
    log.add(ports.log, { requestId: exchange.id, step: step.name, problem: outcome.message });
    if (step.required) throw new Lost(step.name, outcome.message);
    this.#partial.push(step.name);
    this.#made.set(step.name, fallbackStep(step.fallback));
  }

  #isLeftOut({ when }: CompiledStep): boolean {
    if (when === null) return false;
    const facts = this.#facts();
    const outcome = when.evaluate((name) => stepVariable(facts, this.#body, name));
    return !outcome.ok || outcome.value !== true;
  }

  async #make(step: CompiledStep): Promise<Made | StepFault> {
    const facts = this.#facts();
    const path = step.path(facts);
    if (path === null) return new StepFault('Its path cannot be filled in.');
    const { upstream } = step;
    if (upstream === null || upstream.broken) return new StepFault('Its upstream is not set up.');
    const body = step.body === null ? null : await this.#evaluate(step.body);
    if (body !== null && !body.ok) return new StepFault('Its body cannot be made.');
    const leftMs = this.#deadline - performance.now();
    if (this.#over || leftMs < 1) return new StepFault('No time was left for it.');
    const { exchange, ports } = this.#call;
    const request = {
      upstream,
      method: step.method,
      path,
      headers: this.#headers(step, facts, body !== null),
      body: body === null ? null : Buffer.from(body.bytes.buffer, body.bytes.byteOffset, body.bytes.length),
      withinMs: Math.min(step.timeoutMs, leftMs),
      maxBytes: this.#plan.maxBytes,
    };
    const call = new CollectedCall(exchange, request);
    this.#running.add(call);
    exchange.attempts++;
    const collected = await call.send(request, ports);
    this.#leave(call);
    if ('failed' in collected) return new StepFault(WHY[collected.failed] ?? 'It could not be called.');
    if (!step.accepts(collected.status)) return new StepFault(`It answered ${collected.status}.`);
    return readStep(collected, this.#plan.maxBytes);
  }

  /** Counts what a step has come to, once: its repeats as well, and whether something may have been done. */
  #leave(call: CollectedCall): void {
    if (!this.#running.delete(call)) return;
    const { exchange } = this.#call;
    exchange.attempts += Math.max(0, call.attempts - 1);
    exchange.upstreamReached ||= call.reached;
  }

  #headers({ headers }: CompiledStep, facts: StepFacts, hasBody: boolean): string[] {
    const { forwardHeaders } = this.#call.exchange;
    const own = new Map<string, string>([
      ['accept', 'application/json'],
      ['accept-encoding', 'identity'],
      ...(hasBody ? ([['content-type', 'application/json']] as const) : []),
    ]);
    for (const [name, template] of headers) own.set(name, headerText(template(facts)));
    const sent: string[] = [];
    for (let at = 0; at < forwardHeaders.length; at += 2) {
      const name = forwardHeaders[at] as string;
      if (PASSED.test(name) && !own.has(name)) sent.push(name, forwardHeaders[at + 1] as string);
    }
    for (const [name, value] of own) if (value !== '') sent.push(name, value);
    return sent;
  }

  #facts(): StepFacts {
    const steps = Object.create(null) as Record<string, StepResult>;
    for (const [name, { result }] of this.#made) steps[name] = result;
    return { ...this.#call.facts, steps };
  }

  /** Evaluates an expression on what there is: `{ steps, request }`, put together from texts that were read already. */
  #evaluate(mapping: BodyMapping): Promise<Mapped> {
    const { exchange, ports, facts, body } = this.#call;
    const steps = Array.from(this.#made, ([name, { json }]) => `${JSON.stringify(name)}:${json}`).join(',');
    const request = JSON.stringify(facts.request);
    const input = `{"steps":{${steps}},"request":${request.slice(0, -1)},"body":${body}}}`;
    return ports.mapper.map({
      tenantId: exchange.tenant?.id ?? '',
      applicationId: exchange.caller?.application.id ?? '',
      mapping,
      body: Buffer.from(input),
      charset: '',
      facts,
    });
  }

  #fail(error: unknown): void {
    this.abort();
    if (!(error instanceof Lost)) return this.#relay.onBug(error);
    const message = `The step “${error.step}” that this answer is made of failed.`;
    this.#tell(refusal('step_failed', { message, errors: [{ pointer: `/steps/${error.step}`, message: error.why }] }));
  }

  #tell(outcome: WholeAnswer | Refusal): void {
    const { exchange, ports } = this.#call;
    if (exchange.settled) return;
    if (!('body' in outcome)) return refuse(exchange, outcome, ports);
    const { status, headers, body } = outcome;
    const sendsBody = exchange.method !== 'HEAD' && body.length > 0;
    try {
      this.#relay.onHead(status, { ...headers, 'content-length': String(body.length) });
      if (sendsBody) this.#relay.onData(body);
      this.#relay.onEnd();
    } catch (error) {
      this.#relay.onBug(error);
    }
  }
}
