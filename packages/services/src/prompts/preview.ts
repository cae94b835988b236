import { promptDefinitionSchema } from '@parley/contracts/snapshot';
import { NO_TOKENS } from '@parley/domain/call-usage';
import { priceRates } from '@parley/domain/price-rates';
import { priceUsage } from '@parley/domain/pricing';
import { formatAmount } from '@parley/kernel/money';
import { renderPrompt } from '@parley/llm/prompt/render';
import { countTokens } from '@parley/llm/token-count';
import { z } from 'zod';
import { priceSnapshot } from '../model-prices/price-row.ts';
import { currentPrice } from '../models/model-shape.ts';
import { resolvePartials } from '../prompt-partials/partial-shape.ts';
import { defineVerb } from '../verb.ts';

/** Providers add a few tokens for each message; this many is usual. */
const TOKENS_PER_MESSAGE = 4;

/** What a prompt becomes with these values, and about what it will cost. Asks no model. */
export const previewPrompt = defineVerb({
  name: 'prompts.preview',
  summary: 'Show the messages a prompt becomes with some values, with an estimate of tokens and cost.',
  // Changes nothing; but a prompt is too long for the address of a read.
  kind: 'write',
  access: 'prompts.read',
  rest: { method: 'POST', path: '/prompt-previews' },
  input: z.object({ definition: promptDefinitionSchema, variables: z.record(z.string(), z.json()) }),
  output: z.object({
    /** Empty while variables or shared texts are wrong. */
    messages: z.array(z.object({ role: z.string(), text: z.string() })),
    issues: z.array(z.object({ path: z.string(), message: z.string() })),
    /** An estimate: each maker counts otherwise. */
    inputTokens: z.number().int(),
    /** Decimal amounts; without output, and with the longest answer that is allowed. `null` where it is not known. */
    cost: z.object({ input: z.string(), most: z.string().nullable(), currency: z.string() }).nullable(),
  }),
  async run({ tx, input, tenantId }) {
    const { variables } = input;
    const { partials, problems } = await resolvePartials(tx, tenantId, input.definition);
    const definition = { ...input.definition, partials };
    const rendered = renderPrompt(definition, variables);
    const issues = [
      ...problems,
      ...(rendered.ok
        ? []
        : rendered.issues.map(({ pointer, message }) => ({
            path: `variables${pointer.replaceAll('/', '.')}`,
            message,
          }))),
    ];
    if (!rendered.ok || issues.length > 0) return { messages: [], issues, inputTokens: 0, cost: null };
    const messages = messagesShape.parse(rendered.request['messages']);
    const inputTokens = messages.reduce((sum, { content }) => sum + countTokens(content) + TOKENS_PER_MESSAGE, 0);
    const model = await tx.model.findFirst({ where: { tenantId, slug: definition.model }, include: { prices: true } });
    const price = model && currentPrice(model.prices, Date.now());
    const longest = definition.settings.maxOutputTokens ?? model?.maxOutputTokens ?? null;
    const rates = price && priceRates(priceSnapshot(price));
    const amount = (outputTokens: number): string =>
      rates ? formatAmount(priceUsage(rates, { ...NO_TOKENS, inputTokens, outputTokens })) : '0';
    return {
      messages: messages.map(({ role, content }) => ({ role, text: content })),
      issues: [],
      inputTokens,
      cost: price
        ? { input: amount(0), most: longest === null ? null : amount(longest), currency: price.currency }
        : null,
    };
  },
});

const messagesShape = z.array(z.object({ role: z.string(), content: z.string() }));
