import { type PromptDefinition, promptDefinitionSchema } from '@parley/contracts/snapshot';
import type { Transaction } from '@parley/db/client';
import { priceRates } from '@parley/domain/price-rates';
import { priceUsage } from '@parley/domain/pricing';
import { Fault, type FieldIssue } from '@parley/kernel/fault';
import { formatAmount } from '@parley/kernel/money';
import type { Usage } from '@parley/llm/neutral/usage';
import { compileOutput } from '@parley/llm/prompt/output';
import { renderPrompt } from '@parley/llm/prompt/render';
import { z } from 'zod';
import { wrongField } from '../conflict.ts';
import { type Context, tenantOf } from '../context.ts';
import { resolvePartials } from '../prompt-partials/partial-shape.ts';
import { checkDefinition } from './check-definition.ts';
import { type OpenModel, openModel } from './open-model.ts';
import { streamChat } from './stream-chat.ts';

export const runDraftInput = z.object({
  definition: promptDefinitionSchema,
  variables: z.record(z.string(), z.json()),
});

/** What a test run tells, in order: `text` pieces, then one `done` or `failed`. */
export type RunEvent =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'done';
      readonly usage: Usage | null;
      /** Decimal string of whole units; `null` without usage or price. */
      readonly cost: string | null;
      readonly currency: string | null;
      readonly latencyMs: number;
      /** Until the first piece of text. */
      readonly firstTextMs: number | null;
      readonly finishReason: string | null;
      /** Why the answer is not what the output asks for; `null` when it is. */
      readonly outputProblem: string | null;
    }
  | { readonly type: 'failed'; readonly message: string; readonly issues: readonly FieldIssue[] };

const TIME_LIMIT_MS = 120_000;

/**
 * Runs a prompt as it stands in the editor, saved or not, straight at its provider: for whoever may write prompts.
 * Throws `Fault` before anything is called (`unauthenticated`, `forbidden`, `invalid_input`, `not_found`); afterwards
 * everything is an event. Not metered: it is the publisher's own call to their own provider.
 */
export async function runDraft(context: Context, raw: unknown, left: AbortSignal): Promise<AsyncGenerator<RunEvent>> {
  const tenantId = authorise(context);
  const parsed = runDraftInput.safeParse(raw);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
    throw new Fault('invalid_input', 'Some fields are not right.', issues);
  }
  const { variables } = parsed.data;
  const resolved = await context.db.within({ tenantId }, (tx) => resolvePartials(tx, tenantId, parsed.data.definition));
  const definition = { ...parsed.data.definition, partials: resolved.partials };
  const problems = [...checkDefinition(definition).problems, ...resolved.problems];
  if (problems.length > 0) throw faultOf(problems.map((issue) => ({ ...issue, path: `definition.${issue.path}` })));
  const target = await context.db.within({ tenantId }, (tx) => openTarget(tx, context, tenantId, definition.model));
  const rendered = renderPrompt(definition, variables, { model: target.providerModel, stream: true });
  if (!rendered.ok) {
    throw faultOf(
      rendered.issues.map(({ pointer, message }) => ({ path: `variables${pointer.replaceAll('/', '.')}`, message })),
    );
  }
  const signal = AbortSignal.any([left, AbortSignal.timeout(TIME_LIMIT_MS)]);
  return events(target, definition, rendered.request, signal);
}

function authorise(context: Context): string {
  if (context.actor.kind === 'anonymous') throw new Fault('unauthenticated', 'Sign in first.');
  const tenantId = tenantOf(context);
  if (!context.permissions.has('prompts.write')) {
    throw new Fault(
      'forbidden',
      'This needs the permission “prompts.write”. Ask an owner or admin of the tenant for it.',
    );
  }
  return tenantId;
}

const faultOf = (issues: readonly FieldIssue[]): Fault =>
  new Fault('invalid_input', 'Some fields are not right.', issues);

/** The same, said beside the field that names the model. */
async function openTarget(tx: Transaction, context: Context, tenantId: string, slug: string): Promise<OpenModel> {
  return openModel(tx, context.settings, tenantId, slug).catch((error: unknown) => {
    if (error instanceof Fault) throw wrongField('definition.model', error.message);
    throw error;
  });
}

async function* events(
  target: OpenModel,
  definition: PromptDefinition,
  request: Record<string, unknown>,
  signal: AbortSignal,
): AsyncGenerator<RunEvent> {
  const started = performance.now();
  const since = (): number => Math.round(performance.now() - started);
  let firstTextMs: number | null = null;
  for await (const piece of streamChat(target.provider, request, signal)) {
    if (piece.kind === 'text') {
      firstTextMs ??= since();
      yield { type: 'text', text: piece.text };
    } else if (piece.kind === 'broken') {
      yield { type: 'failed', message: piece.message, issues: [] };
    } else {
      const { usage, finishReason, text } = piece;
      const cost = usage && target.price ? priceUsage(priceRates(target.price), usage) : null;
      const output = compileOutput(definition.output)(text);
      yield {
        type: 'done',
        usage,
        cost: cost === null ? null : formatAmount(cost),
        currency: target.price?.currency ?? null,
        latencyMs: since(),
        firstTextMs,
        finishReason,
        outputProblem: output.ok ? null : output.problem,
      };
    }
  }
}
