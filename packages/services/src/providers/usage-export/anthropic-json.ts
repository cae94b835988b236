import {
  countOf,
  dayOf,
  ExportProblem,
  type ExportRow,
  fieldsOf,
  listOf,
  moneyOf,
  SAYS_NOTHING,
  textOf,
} from './export-row.ts';

/** Costs are told in the currency's lowest unit, a cent. */
const CENT_NANO = 10_000_000n;
const DAY_MS = 86_400_000;

/**
 * A page (or a list of pages) of Anthropic's `GET /v1/organizations/usage_report/messages` or `…/cost_report`: buckets of a day at
 * most, of UTC. It tells no number of calls. Shapes: `MessagesUsageReport` and `CostReport` of the Admin API
 * (https://platform.claude.com/docs/en/api/admin); amounts are decimal strings of cents. Throws `ExportProblem`.
 */
export function anthropicRows(pages: readonly unknown[]): ExportRow[] {
  return pages.flatMap((page, at) => {
    const place = pages.length > 1 ? `[${at}].data` : 'data';
    return listOf(fieldsOf(page, `[${at}]`)['data'], place).flatMap((raw, index) => {
      const where = `${place}[${index}]`;
      const bucket = fieldsOf(raw, where);
      const day = dayOf(bucket['starting_at'], `${where}.starting_at`);
      const length = Date.parse(String(bucket['ending_at'])) - Date.parse(String(bucket['starting_at']));
      if (!(length > 0 && length <= DAY_MS)) {
        throw new ExportProblem(where, 'must be of a day at most: see starting_at and ending_at.');
      }
      return listOf(bucket['results'], `${where}.results`).map((one, of) => {
        const spot = `${where}.results[${of}]`;
        const result = fieldsOf(one, spot);
        return { day, ...('amount' in result ? cost(result, spot) : tokens(result, spot)) };
      });
    });
  });
}

function tokens(result: Readonly<Record<string, unknown>>, where: string): Omit<ExportRow, 'day'> {
  if (result['model'] === null || result['model'] === undefined) {
    throw new ExportProblem(`${where}.model`, 'is missing: ask the provider for usage with group_by[]=model.');
  }
  const written = fieldsOf(result['cache_creation'], `${where}.cache_creation`);
  const cached = countOf(result['cache_read_input_tokens'], `${where}.cache_read_input_tokens`);
  return {
    ...SAYS_NOTHING,
    model: textOf(result['model'], `${where}.model`),
    inputTokens:
      cached +
      countOf(result['uncached_input_tokens'], `${where}.uncached_input_tokens`) +
      countOf(written['ephemeral_5m_input_tokens'], `${where}.cache_creation.ephemeral_5m_input_tokens`) +
      countOf(written['ephemeral_1h_input_tokens'], `${where}.cache_creation.ephemeral_1h_input_tokens`),
    cachedInputTokens: cached,
    outputTokens: countOf(result['output_tokens'], `${where}.output_tokens`),
  };
}

/** Without `group_by[]=description` there is no model, and the cost is of the whole day; nor has a search one. */
function cost(result: Readonly<Record<string, unknown>>, where: string): Omit<ExportRow, 'day'> {
  const model = result['model'] ?? null;
  const kind = result['cost_type'] ?? null;
  return {
    ...SAYS_NOTHING,
    model: model !== null ? textOf(model, `${where}.model`) : kind === null ? null : textOf(kind, `${where}.cost_type`),
    costNano: moneyOf(result['amount'], `${where}.amount`, CENT_NANO),
    currency: textOf(result['currency'], `${where}.currency`).toUpperCase(),
  };
}
