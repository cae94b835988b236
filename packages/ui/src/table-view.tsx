'use client';

import { type ReactNode, useMemo } from 'react';
import { useUrlState } from './url-state.tsx';

export interface Column<Row> {
  /** Stands in the URL and the CSV. */
  readonly key: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** Sorting and CSV use it; without it the column does not sort. */
  readonly sortValue?: (row: Row) => string | number | null;
  /** What the CSV holds, when not `sortValue`. */
  readonly csvValue?: (row: Row) => string | number | null;
  readonly align?: 'end';
  /** Left out on narrow screens. */
  readonly wide?: boolean;
  readonly className?: string;
}

interface Sort {
  readonly key: string;
  readonly descending: boolean;
}

interface Options<Row> {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[] | undefined;
  readonly filterText?: (row: Row) => string;
  readonly initialSort?: string;
  readonly urlName?: string;
}

/** Sorting, filter and column choice of one table, kept in the URL. */
export function useTableView<Row>({ columns, rows, filterText, initialSort = '', urlName = '' }: Options<Row>) {
  const name = (part: string): string => (urlName ? `${urlName}-${part}` : part);
  const [sortText, setSortText] = useUrlState(name('sort'), initialSort);
  const [filter, setFilter] = useUrlState(name('filter'), '');
  const [hiddenText, setHiddenText] = useUrlState(name('hide'), '');

  const hidden = useMemo(() => new Set(hiddenText.split(',').filter(Boolean)), [hiddenText]);
  const sort = useMemo(() => readSort(sortText), [sortText]);
  const shown = useMemo(
    () => sorted(filtered(rows ?? [], filter, filterText), columns, sort),
    [rows, filter, filterText, columns, sort],
  );

  return {
    rows: shown,
    columns: columns.filter((column, at) => at === 0 || !hidden.has(column.key)),
    hidden,
    sort,
    filter,
    setFilter,
    sortBy(key: string): void {
      setSortText(sort?.key === key && !sort.descending ? `-${key}` : key);
    },
    toggle(key: string): void {
      const next = new Set(hidden);
      if (!next.delete(key)) next.add(key);
      setHiddenText([...next].join(','));
    },
  };
}

function readSort(text: string): Sort | null {
  if (!text) return null;
  return text.startsWith('-') ? { key: text.slice(1), descending: true } : { key: text, descending: false };
}

function filtered<Row>(rows: readonly Row[], filter: string, text?: (row: Row) => string): readonly Row[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (!text || words.length === 0) return rows;
  return rows.filter((row) => {
    const hay = text(row).toLowerCase();
    return words.every((word) => hay.includes(word));
  });
}

function sorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sort: Sort | null): readonly Row[] {
  const value = columns.find((column) => column.key === sort?.key)?.sortValue;
  if (!sort || !value) return rows;
  const direction = sort.descending ? -1 : 1;
  return rows.toSorted((left, right) => compare(value(left), value(right), direction));
}

/** Rows without a value come last in both directions. */
function compare(left: string | number | null, right: string | number | null, direction: number): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
  if (typeof left === 'number' && typeof right === 'number') return (left - right) * direction;
  return String(left).localeCompare(String(right), 'en', { numeric: true }) * direction;
}
