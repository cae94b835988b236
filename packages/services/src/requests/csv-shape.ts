import { formatAmount } from '@parley/kernel/money';
import { cell } from '../text/csv-cell.ts';
import type { RequestItem } from './request-shape.ts';

const COLUMNS: readonly (readonly [heading: string, value: (item: RequestItem) => string | number | null])[] = [
  ['id', (item) => item.id],
  ['at', (item) => item.at],
  ['side', (item) => item.side],
  ['publisher', (item) => item.publisher.slug ?? item.publisher.id],
  ['consumer', (item) => item.consumer.slug ?? item.consumer.id],
  ['application', (item) => item.application.name ?? item.application.id],
  ['key', (item) => item.key.name ?? item.key.id],
  ['api', (item) => item.api?.slug ?? item.api?.id ?? null],
  ['version', (item) => item.apiVersion?.slug ?? null],
  ['kind', (item) => item.kind],
  ['method', (item) => item.method],
  ['path', (item) => item.path],
  ['status', (item) => item.status],
  ['code', (item) => item.code],
  ['model', (item) => item.model],
  ['purpose', (item) => item.purpose],
  ['parent_id', (item) => item.parentId],
  ['end_user', (item) => item.endUser],
  [
    'tags',
    (item) =>
      Object.entries(item.tags)
        .map(([name, value]) => `${name}=${value}`)
        .join(', ') || null,
  ],
  ['party', (item) => item.party?.acting ?? null],
  ['principal', (item) => item.party?.principal ?? null],
  ['party_token', (item) => item.party?.tokenId ?? null],
  ['stream', (item) => String(item.stream)],
  ['aborted_by', (item) => item.abortedBy],
  ['duration_ms', (item) => item.durationUs / 1000],
  ['upstream_ms', (item) => item.upstreamUs / 1000],
  ['first_token_ms', (item) => (item.ttftUs === null ? null : item.ttftUs / 1000)],
  ['input_tokens', (item) => item.inputTokens],
  ['cached_input_tokens', (item) => item.cachedInputTokens],
  ['output_tokens', (item) => item.outputTokens],
  ['reasoning_tokens', (item) => item.reasoningTokens],
  ['cost', (item) => formatAmount(BigInt(item.costNano))],
  ['currency', (item) => item.currency],
];

/** Calls as CSV (RFC 4180) with a line of headings. */
export function toCsv(items: readonly RequestItem[]): string {
  const lines = [
    COLUMNS.map(([heading]) => heading),
    ...items.map((item) => COLUMNS.map(([, value]) => cell(value(item)))),
  ];
  return `${lines.map((line) => line.join(',')).join('\r\n')}\r\n`;
}
