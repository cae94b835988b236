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

const DAY_SECONDS = 86_400;

type Read = (result: Readonly<Record<string, unknown>>, where: string) => Omit<ExportRow, 'day'>;

const modelOf = (value: unknown, where: string): string => {
  if (value === null || value === undefined) {
    throw new ExportProblem(where, 'is missing: ask the provider for usage with group_by=model.');
  }
  return textOf(value, where);
};

const tokens: Read = (result, where) => ({
  ...SAYS_NOTHING,
  model: modelOf(result['model'], `${where}.model`),
  calls: countOf(result['num_model_requests'], `${where}.num_model_requests`),
  inputTokens: countOf(result['input_tokens'], `${where}.input_tokens`),
  cachedInputTokens: countOf(result['input_cached_tokens'] ?? 0, `${where}.input_cached_tokens`),
  outputTokens: countOf(result['output_tokens'] ?? 0, `${where}.output_tokens`),
});

/** `line_item` is the model and what of it, like `gpt-5, input`; without grouping it is `null` and the cost is of the whole day. */
const cost: Read = (result, where) => {
  const amount = fieldsOf(result['amount'], `${where}.amount`);
  const item = result['line_item'] ?? null;
  return {
    ...SAYS_NOTHING,
    model: item === null ? null : (textOf(item, `${where}.line_item`).split(',')[0] ?? '').trim(),
    costNano: moneyOf(amount['value'], `${where}.amount.value`),
    currency: textOf(amount['currency'], `${where}.amount.currency`).toUpperCase(),
  };
};

const RESULTS: Readonly<Record<string, Read>> = {
  'organization.usage.completions.result': tokens,
  'organization.usage.embeddings.result': tokens,
  'organization.costs.result': cost,
};

/**
 * A page (or a list of pages) of OpenAI's `GET /v1/organization/usage/completions`, `…/usage/embeddings` or `…/costs`: buckets of a
 * day at most with results by model. Shapes: OpenAI's OpenAPI document 2.3.0 (`UsageCompletionsResult`, `CostsResult`,
 * https://platform.openai.com/docs/api-reference/usage). Throws `ExportProblem`.
 */
export function openAiRows(pages: readonly unknown[]): ExportRow[] {
  return pages.flatMap((page, at) => {
    const place = pages.length > 1 ? `[${at}].data` : 'data';
    return listOf(fieldsOf(page, `[${at}]`)['data'], place).flatMap((raw, index) => {
      const where = `${place}[${index}]`;
      const bucket = fieldsOf(raw, where);
      const seconds = Number(bucket['end_time']) - Number(bucket['start_time']);
      if (!(seconds > 0 && seconds <= DAY_SECONDS)) {
        throw new ExportProblem(where, 'must be of a day at most (bucket_width=1d): see start_time and end_time.');
      }
      const day = dayOf(bucket['start_time'], `${where}.start_time`);
      return listOf(bucket['results'], `${where}.results`).map((one, of) => {
        const spot = `${where}.results[${of}]`;
        const result = fieldsOf(one, spot);
        const read = typeof result['object'] === 'string' ? RESULTS[result['object']] : undefined;
        if (!read) throw new ExportProblem(`${spot}.object`, `must be one of ${Object.keys(RESULTS).join(', ')}.`);
        return { day, ...read(result, spot) };
      });
    });
  });
}
