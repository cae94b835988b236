import type { ExplainReply, ExplainRequest, ExplainStep } from '@parley/contracts/explain';
import type { Policies, PolicyKind } from '@parley/contracts/policies';
import { summaryOf } from '@parley/domain/policies/summary';
import { noopLogger } from '@parley/telemetry/logger';
import type { Exchange } from '../exchange.ts';
import { NO_SIDE_CALLS } from '../models/side/side-calls.ts';
import { noteKey } from '../policies/callers/note-key.ts';
import { endpointPolicies } from '../policies/endpoint-policies.ts';
import type { Meter } from '../ports/meter/meter.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import type { CompiledModel } from '../snapshot/compiled.ts';
import type { Stage } from '../stage.ts';
import { locate } from '../stages/locate.ts';
import { takeDraft } from './draft-routing.ts';
import { dryExchange } from './dry-exchange.ts';
import { type Found, foundIn, routeNotes, routeSentence } from './found.ts';
import { choiceOf } from './model-choice.ts';
import { noteOf } from './stage-notes.ts';

/** A stage may put another chain in place of its own; a chain that did so for ever would be a defect. */
const MAX_CHAINS = 4;

/**
 * Walks a call that nobody sent through the very chain that a real one would walk, and writes down every decision. Stages
 * that only decide are run; what counts, stores, calls or answers is told of instead. Nothing is recorded.
 */
export async function explain(asked: ExplainRequest, ports: Ports): Promise<ExplainReply> {
  const dry: Ports = { ...ports, meter: silent(ports.meter), sideCalls: NO_SIDE_CALLS, log: noopLogger };
  const { exchange, fault } = dryExchange(asked);
  if (fault !== null) return reply([refusedStep(fault, 'request', null, undefined)], fault);
  exchange.clients = dry.clients;
  await locate(exchange, dry);
  if (asked.modelRouting !== undefined) takeDraft(exchange, asked.modelRouting);
  const steps: ExplainStep[] = [routeStep(exchange, foundIn(exchange))];
  let refused = asked.applicationId === null ? null : await callAs(exchange, asked.applicationId, dry, steps);
  let told: PolicyKind[] = [];
  let named: CompiledModel | null = null;
  for (let chains = 0; refused === null && chains < MAX_CHAINS; chains++) {
    const walked = exchange.chain;
    const outcome = await walk(exchange, dry, steps);
    refused = outcome.refused;
    told = [...told, ...outcome.policies];
    named = outcome.named ?? named;
    if (exchange.chain === walked) break;
  }
  const { policies } = foundIn(exchange);
  if (refused === null) {
    for (const kind of Object.keys(policies) as PolicyKind[]) {
      if (!told.includes(kind))
        steps.push(step('policy', 'told', { policy: kind, sentence: sentenceOf(kind, policies) }));
    }
  }
  const chosen =
    exchange.candidates.length > 0 || steps.some((one) => one.step === 'upstream' && one.outcome === 'refuses');
  return { ...reply(steps, refused), choice: chosen ? choiceOf(named, exchange, dry) : null };
}

function reply(steps: ExplainStep[], refused: Refusal | null): ExplainReply {
  if (refused === null) return { steps, refusal: null, choice: null };
  const { status, code, message, nextStep } = refused;
  return { steps, refusal: { status, code, message, nextStep }, choice: null };
}

/** The meter without its memory. */
function silent(meter: Meter): Meter {
  return { accepts: () => meter.accepts(), record: () => {}, close: () => Promise.resolve() };
}

interface Walked {
  readonly refused: Refusal | null;
  readonly policies: PolicyKind[];
  /** The name for several models that was asked for; the exchange then has the one that was chosen. */
  readonly named: CompiledModel | null;
}

async function walk(exchange: Exchange, ports: Ports, steps: ExplainStep[]): Promise<Walked> {
  const chain = exchange.chain;
  const policies: PolicyKind[] = [];
  let offTold = false;
  let named: CompiledModel | null = null;
  for (const [at, stage] of chain.entries()) {
    const note = noteOf(stage);
    const found = foundIn(exchange);
    if (note?.policy && !offTold) {
      steps.push(...switchedOff(found));
      offTold = true;
    }
    if (note?.policy && note.step !== null) policies.push(note.policy);
    if (exchange.model?.alias) named = exchange.model;
    if (note?.step === 'caller' && exchange.caller !== null) continue;
    const outcome = note?.harmless ? await stage(exchange, ports) : null;
    const said = note?.policy ? sentenceOf(note.policy, found.policies) : note?.sentence(exchange);
    if (outcome !== null) {
      // What a lost path is refused with was told as the first step.
      if (exchange.lost !== outcome)
        steps.push(
          refusedStep(
            outcome,
            note?.step ?? (note?.policy ? 'policy' : 'request'),
            note?.policy ?? null,
            said,
            note?.notes?.(exchange),
          ),
        );
      for (const later of chain.slice(at + 1)) steps.push(...notReached(later, exchange));
      return { refused: outcome, policies, named };
    }
    if (!note) steps.push(step('request', 'told', { sentence: 'A step that a dry run does not carry out.' }));
    else if (note.step !== null) {
      const notes = note.notes?.(exchange) ?? [];
      steps.push(
        step(note.step, note.harmless ? 'passes' : 'told', { policy: note.policy, sentence: said ?? '', notes }),
      );
    }
    if (exchange.chain !== chain) break;
  }
  return { refused: null, policies, named };
}

/** Takes an application as the caller, as if its key had been sent. Tells why it cannot be. */
async function callAs(exchange: Exchange, id: string, ports: Ports, steps: ExplainStep[]): Promise<Refusal | null> {
  const application = await ports.snapshot.applicationById(id);
  const [key] = application === 'absent' || application === 'unavailable' ? [] : application.doc.keys;
  if (application === 'absent' || application === 'unavailable') {
    const refused = refusal(application === 'absent' ? 'key_unknown' : 'configuration_unavailable');
    steps.push(refusedStep(refused, 'caller', null, undefined));
    return refused;
  }
  exchange.caller = { application, key: key ?? { id, expiresAtMs: null, revokedAtMs: null } };
  noteKey(exchange);
  const sentence = key
    ? 'The application is taken as the caller, with what its first key may do; the key itself is not asked for.'
    : 'The application is taken as the caller, though it has no key yet.';
  steps.push(step('caller', 'passes', { sentence }));
  return null;
}

function routeStep(exchange: Exchange, found: Found): ExplainStep {
  const notes = routeNotes(exchange, found);
  if (exchange.lost !== null) {
    const known = `${exchange.lost.message} Only a caller with a good key is told so.`;
    return step('route', 'lost', { sentence: known, notes });
  }
  if (found.route !== null) return step('route', 'passes', { sentence: routeSentence(found), notes });
  const { target } = exchange.version ?? {};
  if (target?.kind !== 'rest') return step('route', 'passes', { sentence: routeSentence(found) });
  const sentence = 'Which route takes it is decided by who calls or by the body, once the caller is known.';
  return step('route', 'passes', { sentence });
}

/** Policies of the version that this route goes without. */
function switchedOff({ version, route }: Found): ExplainStep[] {
  if (!version || !route) return [];
  const { policies } = endpointPolicies(version, null);
  return (Object.keys(policies) as PolicyKind[])
    .filter((kind) => route.policies?.[kind] === null)
    .map((kind) =>
      step('policy', 'off', { policy: kind, sentence: `Switched off on this route: ${sentenceOf(kind, policies)}` }),
    );
}

function notReached(stage: Stage, exchange: Exchange): ExplainStep[] {
  const note = noteOf(stage);
  if (!note?.policy || note.step === null) return [];
  return [
    step('policy', 'not_reached', {
      policy: note.policy,
      sentence: sentenceOf(note.policy, foundIn(exchange).policies),
    }),
  ];
}

function refusedStep(
  refused: Refusal,
  about: ExplainStep['step'],
  policy: PolicyKind | null,
  said: string | undefined,
  more: readonly string[] = [],
): ExplainStep {
  const notes = [...(policy && said ? [said] : []), ...more];
  const problems = (refused.details.errors ?? []).map(({ pointer, message }) => `${pointer}: ${message}`);
  return step(about, 'refuses', { policy, sentence: refused.message, notes: [...notes, ...problems] });
}

function sentenceOf(kind: PolicyKind, policies: Policies): string {
  const policy = policies[kind];
  return policy === undefined ? '' : summaryOf(kind, policy);
}

function step(
  about: ExplainStep['step'],
  outcome: ExplainStep['outcome'],
  rest: { sentence: string; policy?: string | null; notes?: string[] },
): ExplainStep {
  return { step: about, outcome, policy: rest.policy ?? null, sentence: rest.sentence, notes: rest.notes ?? [] };
}
