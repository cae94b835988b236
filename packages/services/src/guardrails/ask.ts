import { guardrailsPolicy } from '@parley/contracts/policies/guardrails';
import { adviceFailure, adviceFindings } from '@parley/guard/checks/advice';
import { Guard } from '@parley/guard/guard';
import type { JudgedText } from '@parley/guard/judge/question';
import { Placeholders } from '@parley/guard/mask/placeholders';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { wrongField } from '../conflict.ts';
import { openModel } from '../prompts/open-model.ts';
import { AfterCommit, defineVerb } from '../verb.ts';
import { type Asking, judgeAsking, moderationAsking } from './ask-one.ts';
import { findingOut } from './finding-shape.ts';

/** As much as models are asked about in one piece. */
const MOST_TEXT = 16_000;

const PLACES = ['input', 'toolResults', 'output'] as const;
const FROM: Readonly<Record<(typeof PLACES)[number], JudgedText['from']>> = {
  input: 'caller',
  toolResults: 'document',
  output: 'model',
};

const askedOut = z.object({
  check: z.enum(['judge', 'moderation']),
  /** Short name of the model that was asked. */
  model: z.string(),
  /** Whether the settings look at this place at all; here they are asked all the same. */
  looksHere: z.boolean(),
  /** By category, 0 to 1; `null` where there is no verdict, for `problem`. */
  scores: z.record(z.string(), z.number()).nullable(),
  problem: z.string().nullable(),
  findings: z.array(findingOut.omit({ count: true })),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  cost: z.string().nullable(),
  currency: z.string().nullable(),
  latencyMs: z.number().int(),
});

/**
 * Asks the models that guardrails name about a text, as the gateway would: for whoever may set guardrails. It is the
 * publisher's own call to their own provider; nothing is kept but that it was made.
 */
export const askGuardrails = defineVerb({
  name: 'guardrails.ask',
  summary: 'Ask the judging and moderation models of guardrails about a text, once each; their providers bill it.',
  kind: 'write',
  access: 'apis.write',
  rest: { method: 'POST', path: '/guardrails/ask' },
  input: z.object({
    text: z
      .string()
      .trim()
      .min(1, 'Write a text first.')
      .max(MOST_TEXT, 'At most 16,000 characters can be asked about.'),
    place: z
      .enum(PLACES)
      .default('input')
      .describe('As what it is looked at; what tools are given is asked of no model'),
    policy: guardrailsPolicy,
  }),
  output: z.object({
    /** Local checks refuse it: the gateway would then ask nobody, and nobody was asked here. */
    refusedBefore: z.boolean(),
    asked: z.array(askedOut),
  }),
  async run({ tx, input, context, tenantId, audit }) {
    const { policy, place } = input;
    const { judge, moderation } = policy;
    const askings = [...(judge ? [judgeAsking(judge)] : []), ...(moderation ? [moderationAsking(moderation)] : [])];
    if (askings.length === 0) throw new Fault('invalid_input', 'These settings ask no model.');
    const text = wouldBeAsked(new Guard(policy), input.text, place);
    if (text === null) return { refusedBefore: true, asked: [] };
    const open = await Promise.all(
      askings.map((asking) =>
        openModel(tx, context.settings, tenantId, asking.model).catch((error: unknown) => {
          throw error instanceof Fault ? wrongField(`policy.${asking.check}.model`, error.message) : error;
        }),
      ),
    );
    await audit({
      subject: { kind: 'guardrails', id: null, label: askings.map(({ model }) => model).join(', ') },
      detail: { place, checks: askings.map(({ check }) => check), characters: text.length },
    });
    return new AfterCommit(async () => ({
      refusedBefore: false,
      asked: await Promise.all(
        askings.map(async (asking, at) => {
          const model = open[at];
          if (model === undefined) throw new Error('each asking has its model');
          const outcome = await asking.ask(model, { text, from: FROM[place] });
          return { ...outcome, ...told(asking, place, outcome) };
        }),
      ),
    }));
  },
});

/** What the models would be shown: masked as the called one would get it. `null` where local checks refuse it before. */
function wouldBeAsked(guard: Guard, text: string, place: (typeof PLACES)[number]): string | null {
  if (place === 'output') return text;
  const source = place === 'input' ? 'user' : 'toolResult';
  const { texts, verdict } = guard.checkInput([{ text, source }], new Placeholders());
  return verdict.outcome === 'block' ? null : (texts[0] ?? '');
}

function told(
  { check, model, rules, onInput, onOutput }: Asking,
  place: (typeof PLACES)[number],
  { scores, problem }: Awaited<ReturnType<Asking['ask']>>,
) {
  const findings =
    scores === null
      ? [adviceFailure(rules, place, `gave no verdict. ${problem ?? ''}`)]
      : adviceFindings(rules, place, scores);
  return { check, model, looksHere: place === 'output' ? onOutput : onInput, findings };
}
