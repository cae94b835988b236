import { GUARD_PLACES, guardrailsPolicy } from '@parley/contracts/policies/guardrails';
import { groundingFinding } from '@parley/guard/checks/grounding';
import { Guard } from '@parley/guard/guard';
import { Placeholders } from '@parley/guard/mask/placeholders';
import { VerdictBuilder } from '@parley/guard/verdict';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { guardrailsCheck } from '../policies/guardrails-check.ts';
import { defineVerb } from '../verb.ts';
import { findingOut } from './finding-shape.ts';

/** Bounds of one try, in characters: it runs in the server that was asked, for tens of milliseconds at most. */
const MOST_TEXT = 20_000;
const MOST_SETTINGS = 100_000;

const text = z.string().max(MOST_TEXT, 'At most 20,000 characters can be tried.');

const triedOut = z.object({
  outcome: z.enum(['pass', 'mask', 'block']),
  /** The text as it goes on; of a blocked answer what a stream has let go by then; `null` where nothing does. */
  text: z.string().nullable(),
  findings: z.array(findingOut),
});
type Tried = z.input<typeof triedOut>;

/** What guardrails make of a text. Pure: nothing is kept, sent or counted, and no finding holds what was found. */
export const tryGuardrails = defineVerb({
  name: 'guardrails.try',
  summary: 'Try guardrails on a text: the verdict, the text as it would go on, and each finding; nothing is kept.',
  kind: 'write',
  access: 'apis.read',
  rest: { method: 'POST', path: '/guardrails/try' },
  input: z.object({
    text,
    place: z
      .enum(GUARD_PLACES)
      .default('input')
      .describe('As what it is looked at: from a caller, from a tool or document, as an answer, for a tool'),
    document: text.optional().describe('What an answer is to be borne out by, for grounding'),
    tool: z.string().max(128).default('').describe('Which tool is given the text, for rules on tools'),
    policy: guardrailsPolicy.refine(
      (policy) => JSON.stringify(policy).length <= MOST_SETTINGS,
      'These settings are too long to be tried here: 100,000 characters at most.',
    ),
  }),
  output: triedOut,
  run({ input }) {
    const { policy } = input;
    const problems = guardrailsCheck.problems?.(policy, 'llm') ?? [];
    if (problems.length > 0) {
      const issues = problems.map(({ path, message }) => ({ path: `policy.${path}`, message }));
      throw new Fault('invalid_input', 'Some fields are not right.', issues);
    }
    const guard = new Guard(policy);
    return Promise.resolve(
      input.place === 'input' || input.place === 'toolResults'
        ? tryInput(guard, input.text, input.place)
        : tryAnswer(guard, input.text, input.place, { document: input.document ?? '', tool: input.tool }),
    );
  },
});

function tryInput(guard: Guard, text: string, place: 'input' | 'toolResults'): Tried {
  const source = place === 'input' ? 'user' : 'toolResult';
  const { texts, verdict } = guard.checkInput([{ text, source }], new Placeholders());
  const { outcome, findings } = verdict;
  return { outcome, text: outcome === 'block' ? null : (texts[0] ?? ''), findings: [...findings] };
}

function tryAnswer(
  guard: Guard,
  text: string,
  place: 'output' | 'toolArguments',
  { document, tool }: { readonly document: string; readonly tool: string },
): Tried {
  const found = new VerdictBuilder();
  const watched = guard.watch(place, found, place === 'toolArguments' && isJson(text) ? 'json' : 'text');
  const out = watched.feed(text) + watched.end();
  const { grounding } = guard.policy;
  if (place === 'output' && grounding && document !== '') {
    const finding = groundingFinding(grounding, out, [document]);
    if (finding !== null) found.add(finding);
  }
  const { answers } = guard;
  const problem = place === 'output' ? answers.misfit(out) : null;
  if (problem !== null) found.add(answers.misfitFinding(problem));
  if (place === 'toolArguments') for (const finding of answers.argumentFindings(tool, out)) found.add(finding);
  const { outcome, findings } = found.verdict();
  return { outcome, text: out, findings: [...findings] };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
