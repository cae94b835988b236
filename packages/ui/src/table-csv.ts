import type { Column } from './table-view.tsx';

/** Rows as CSV (RFC 4180). A cell that a spreadsheet would run as a formula is led by an apostrophe. */
export function toCsv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const written = columns.filter((column) => column.csvValue ?? column.sortValue);
  const lines = rows.map((row) => written.map((column) => (column.csvValue ?? column.sortValue)?.(row) ?? ''));
  return [written.map((column) => column.header), ...lines].map((line) => line.map(cell).join(',')).join('\r\n');
}

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Offers the rows as a file named after the table. */
export function downloadCsv<Row>(label: string, columns: readonly Column<Row>[], rows: readonly Row[]): void {
  const url = URL.createObjectURL(new Blob([toCsv(columns, rows)], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${label.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.csv`;
  link.click();
  URL.revokeObjectURL(url);
}
