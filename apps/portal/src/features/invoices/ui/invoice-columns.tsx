import { parseAmount } from '@parley/kernel/money';
import { Badge, type Tone } from '@parley/ui/badge';
import { Money } from '@parley/ui/format';
import type { Column } from '@parley/ui/table';
import type { RouterOutputs } from '@/trpc/root.ts';

type Invoice = RouterOutputs['invoices']['received']['items'][number];

const STATES: Readonly<Record<Invoice['state'], { word: string; tone: Tone }>> = {
  draft: { word: 'Draft', tone: 'neutral' },
  open: { word: 'Open', tone: 'warning' },
  paid: { word: 'Paid', tone: 'success' },
  void: { word: 'Void', tone: 'neutral' },
  uncollectible: { word: 'Not collectible', tone: 'danger' },
};

const money = (key: 'total' | 'due', header: string): Column<Invoice> => ({
  key,
  header,
  align: 'end',
  sortValue: (invoice) => Number(invoice[key]),
  csvValue: (invoice) => invoice[key],
  cell: (invoice) => <Money nano={parseAmount(invoice[key]) ?? 0n} currency={invoice.currency} />,
});

/** Columns of a list of invoices; `other` is the side that is not the open tenant. */
export function invoiceColumns(tenantSlug: string, other: 'publisher' | 'customer'): readonly Column<Invoice>[] {
  const file = (invoice: Invoice, format: 'pdf' | 'html') =>
    `/api/invoices/${invoice.id}?tenant=${encodeURIComponent(tenantSlug)}&format=${format}`;
  return [
    {
      key: 'name',
      header: 'Invoice',
      sortValue: ({ number }) => number,
      cell: (invoice) => (
        <a className="font-medium underline" href={file(invoice, 'html')} target="_blank" rel="noopener">
          {invoice.name}
        </a>
      ),
    },
    {
      key: other,
      header: other === 'publisher' ? 'From' : 'To',
      sortValue: (invoice) => invoice[other].name,
      cell: (invoice) => invoice[other].name,
    },
    { key: 'period', header: 'For', sortValue: ({ period }) => period, cell: ({ period }) => period },
    {
      key: 'state',
      header: 'State',
      sortValue: ({ state }) => state,
      cell: ({ state }) => (
        <Badge tone={STATES[state].tone} dot>
          {STATES[state].word}
        </Badge>
      ),
    },
    money('total', 'Total'),
    money('due', 'Due'),
    {
      key: 'dueAt',
      header: 'Due by',
      wide: true,
      sortValue: ({ dueAt }) => dueAt,
      cell: ({ dueAt, due }) => (due === '0' ? '' : dueAt.slice(0, 10)),
    },
    {
      key: 'file',
      header: 'File',
      cell: (invoice) => (
        <a className="underline" href={file(invoice, 'pdf')} download aria-label={`${invoice.name} as PDF`}>
          PDF
        </a>
      ),
    },
  ];
}
