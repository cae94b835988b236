import { createHash } from 'node:crypto';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { wrongField } from '../conflict.ts';
import { defineVerb } from '../verb.ts';
import { findProvider } from './provider-shape.ts';
import { readProviderUsage } from './read-provider-usage.ts';
import { addedUp, CAUSES, type Compared, compareUsage, type Figures } from './usage-export/compare.ts';
import { ExportProblem } from './usage-export/export-row.ts';
import { readExport, type UsageExport } from './usage-export/read-export.ts';

const MOST_TEXT = 4_000_000;
/** Rows of an answer, those that differ first. */
const MOST_ROWS = 1_000;

const figuresShape = z.object({
  calls: z.number().nullable(),
  /** All of them, cached ones included. */
  inputTokens: z.number().nullable(),
  cachedInputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  costNano: z.string().nullable(),
});

/** Compares a provider's own usage or cost export with what was recorded here; keeps nothing but the sums, in the audit log. */
export const reconcileProvider = defineVerb({
  name: 'providers.reconcile',
  summary:
    'Compare a usage or cost export of OpenAI or Anthropic (JSON or CSV) with the calls recorded, by day and model.',
  kind: 'write',
  access: 'billing.read',
  rest: { method: 'POST', path: '/providers/{provider}/reconciliation' },
  input: z.object({
    provider: z.string(),
    text: z.string().min(1, 'Give the export.').max(MOST_TEXT, 'At most 4,000,000 characters: take fewer days.'),
  }),
  output: z.object({
    /** What the export was taken for. */
    format: z.string(),
    /** First and last day of UTC in it. */
    from: z.string(),
    to: z.string(),
    currency: z.string().nullable(),
    /** The provider had more pages than these. */
    incomplete: z.boolean(),
    agreeing: z.number().int(),
    differing: z.number().int(),
    /** Those that differ first; at most 1,000. A figure that the export does not tell is `null`. */
    rows: z.array(
      z.object({
        day: z.string(),
        model: z.string().nullable(),
        theirs: figuresShape,
        ours: figuresShape,
        agrees: z.boolean(),
        /** Why they may differ, the likeliest first. */
        causes: z.array(z.enum(CAUSES)),
      }),
    ),
    total: z.object({ theirs: figuresShape, ours: figuresShape }),
  }),
  run: async ({ tx, input, tenantId, audit }) => {
    const provider = await findProvider(tx, tenantId, input.provider);
    const given = exportIn(input.text);
    const days = given.rows.map(({ day }) => day).toSorted((a, b) => (a < b ? -1 : 1));
    const [from = '', to = ''] = [days[0], days.at(-1)];
    if (Date.parse(to) - Date.parse(from) > 366 * 86_400_000)
      throw wrongField('text', 'Its days are more than a year apart.');
    const currency = given.rows.find((row) => row.currency !== null)?.currency ?? null;
    const ours = await readProviderUsage(tx, { tenantId, providerId: provider.id, from, to });
    const compared = compareUsage(given.rows, ours, currency);
    const differing = compared.filter(({ agrees }) => !agrees);
    const total = addedUp(compared);
    const out = {
      format: given.format,
      from,
      to,
      currency,
      incomplete: given.incomplete,
      agreeing: compared.length - differing.length,
      differing: differing.length,
      total: { theirs: figuresOut(total.theirs), ours: figuresOut(total.ours) },
    };
    await audit({
      subject: { kind: 'provider', id: provider.id, label: provider.name },
      detail: { ...out, sha256: createHash('sha256').update(input.text).digest('hex') },
    });
    const rows = [...differing, ...compared.filter(({ agrees }) => agrees)].slice(0, MOST_ROWS);
    return { ...out, rows: rows.map(rowOut) };
  },
});

function exportIn(text: string): UsageExport {
  try {
    return readExport(text);
  } catch (error) {
    if (!(error instanceof ExportProblem)) throw error;
    throw new Fault('invalid_input', error.message, [{ path: 'text', message: error.message }]);
  }
}

function rowOut(row: Compared) {
  return { ...row, theirs: figuresOut(row.theirs), ours: figuresOut(row.ours), causes: [...row.causes] };
}

function figuresOut(figures: Figures): z.input<typeof figuresShape> {
  return { ...figures, costNano: figures.costNano?.toString() ?? null };
}
