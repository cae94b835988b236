import { countOf, dayOf, ExportProblem, type ExportRow, moneyOf, SAYS_NOTHING, textOf } from './export-row.ts';

type Fields = (name: string) => string;
type At = (name: string) => string;

interface CsvFormat {
  readonly name: string;
  /** Columns that tell it from others; all of them are needed. */
  readonly columns: readonly string[];
  readonly read: (field: Fields, at: At) => ExportRow | null;
}

/**
 * Files that the providers' consoles save. OpenAI's usage page: `completions usage` and `cost` by day. Anthropic's console: usage, and
 * cost, whose models have other names than in its API, so that its costs are only those of whole days. Columns as in files shown in
 * public: https://github.com/xavierjflanagan/Guardian (openai-usage-and-cost-report-2025-10-12.md), and for Anthropic's
 * https://github.com/erezgit/my-jarvis-desktop (03-anthropic-schema-comparison.md) and the column lists of several importers.
 */
const FORMATS: readonly CsvFormat[] = [
  {
    name: 'OpenAI usage (CSV)',
    columns: ['start_time', 'model', 'num_model_requests', 'input_tokens', 'output_tokens', 'input_cached_tokens'],
    read: (field, at) =>
      field('model') === '' && field('num_model_requests') === ''
        ? null
        : {
            ...SAYS_NOTHING,
            day: dayOf(field('start_time'), at('start_time')),
            model: textOf(field('model'), at('model')),
            calls: countOf(field('num_model_requests'), at('num_model_requests')),
            inputTokens: countOf(field('input_tokens'), at('input_tokens')),
            cachedInputTokens: countOf(field('input_cached_tokens') || '0', at('input_cached_tokens')),
            outputTokens: countOf(field('output_tokens'), at('output_tokens')),
          },
  },
  {
    name: 'OpenAI costs (CSV)',
    columns: ['start_time', 'amount_value', 'amount_currency', 'line_item'],
    read: (field, at) =>
      field('amount_value') === ''
        ? null
        : {
            ...SAYS_NOTHING,
            day: dayOf(field('start_time'), at('start_time')),
            model: field('line_item') === '' ? null : (field('line_item').split(',')[0] ?? '').trim(),
            costNano: moneyOf(field('amount_value'), at('amount_value')),
            currency: textOf(field('amount_currency'), at('amount_currency')).toUpperCase(),
          },
  },
  {
    name: 'Anthropic usage (CSV)',
    columns: [
      'usage_date_utc',
      'model_version',
      'usage_input_tokens_no_cache',
      'usage_input_tokens_cache_write_5m',
      'usage_input_tokens_cache_write_1h',
      'usage_input_tokens_cache_read',
      'usage_output_tokens',
    ],
    read: (field, at) => {
      const count = (name: string): number => countOf(field(name), at(name));
      const cached = count('usage_input_tokens_cache_read');
      return {
        ...SAYS_NOTHING,
        day: dayOf(field('usage_date_utc'), at('usage_date_utc')),
        model: textOf(field('model_version'), at('model_version')),
        inputTokens:
          cached +
          count('usage_input_tokens_no_cache') +
          count('usage_input_tokens_cache_write_5m') +
          count('usage_input_tokens_cache_write_1h'),
        cachedInputTokens: cached,
        outputTokens: count('usage_output_tokens'),
      };
    },
  },
  {
    name: 'Anthropic costs (CSV)',
    columns: ['usage_date_utc', 'model', 'token_type', 'cost_usd'],
    read: (field, at) => ({
      ...SAYS_NOTHING,
      day: dayOf(field('usage_date_utc'), at('usage_date_utc')),
      model: null,
      costNano: moneyOf(field('cost_usd'), at('cost_usd')),
      currency: 'USD',
    }),
  },
];

/** Rows of a CSV file that is one of these, by its columns. Throws `ExportProblem` with the line and column that is wrong. */
export function csvRows(lines: readonly (readonly string[])[]): { format: string; rows: ExportRow[] } {
  const [header = [], ...rest] = lines;
  const names = header.map((name) => name.trim());
  const format = FORMATS.find(({ columns }) => columns.every((column) => names.includes(column)));
  if (!format) {
    const known = FORMATS.map(({ name, columns }) => `${name}: ${columns.join(', ')}`).join('; ');
    throw new ExportProblem('Line 1', `these columns are of no export that is known. ${known}.`);
  }
  const places = new Map(names.map((name, at) => [name, at]));
  const rows = rest.flatMap((line, index) => {
    const where = `Line ${index + 2}`;
    if (line.length !== names.length) {
      throw new ExportProblem(where, `has ${line.length} fields, the first line ${names.length}.`);
    }
    const field = (name: string): string => (line[places.get(name) ?? -1] ?? '').trim();
    const row = format.read(field, (name) => `${where}, ${name}`);
    return row ? [row] : [];
  });
  return { format: format.name, rows };
}
