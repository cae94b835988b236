'use client';

import { clsx } from 'clsx';
import { ArrowDown, ArrowUp, ChevronsUpDown, Download, Settings2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, IconButton } from './button.tsx';
import { EmptyState } from './empty-state.tsx';
import { FilterInput } from './filter-input.tsx';
import { Link } from './link.tsx';
import { Menu, MenuItem, MenuLabel } from './menu.tsx';
import { SkeletonRows } from './skeleton.tsx';
import { downloadCsv } from './table-csv.ts';
import { type Column, useTableView } from './table-view.tsx';

export type { Column } from './table-view.tsx';

export interface DataTableProps<Row> {
  /** What the table lists, for assistive technology and as the name of its CSV file. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  /** Undefined while loading. */
  readonly rows: readonly Row[] | undefined;
  readonly rowKey: (row: Row) => string;
  /** Makes the first cell a link that covers the row. */
  readonly rowHref?: ((row: Row) => string) | undefined;
  /** Text that the filter box searches; without it there is no box. */
  readonly filterText?: (row: Row) => string;
  /** Stands instead of an empty table. */
  readonly empty: ReactNode;
  /** Sorting to begin with, `<column>` or `-<column>` for descending. */
  readonly initialSort?: string;
  /** Prefix of this table's names in the URL, when a page has several. */
  readonly urlName?: string;
  /** More rows on the server: shows “Load more”. */
  readonly more?: { readonly busy: boolean; readonly load: () => void } | null | undefined;
  /** Filters that the server applies, left of the filter box. */
  readonly toolbar?: ReactNode;
  /** Acts on a row, at its end. */
  readonly rowActions?: ((row: Row) => ReactNode) | undefined;
  /** A last line that adds the rows up, by column. */
  readonly totals?: Readonly<Record<string, ReactNode>> | undefined;
}

/**
 * A table that sorts, filters, chooses columns, exports CSV and keeps that state in the URL. What it sorts and filters are
 * the rows it was given; paging is the caller's, by cursor.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowKey, rowHref, filterText, empty, more, toolbar, rowActions, totals } = props;
  const view = useTableView(props);
  if (rows === undefined) {
    return (
      <div className="flex flex-col gap-3">
        {toolbar && <div className="flex flex-wrap items-center gap-2">{toolbar}</div>}
        <SkeletonRows />
      </div>
    );
  }
  if (rows.length === 0 && !toolbar) return empty;
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        {toolbar}
        {filterText && (
          <FilterInput label={`Filter ${label}`} value={view.filter} onChange={view.setFilter} className="flex-1" />
        )}
        <div className="ml-auto flex items-center gap-1">
          <Menu
            trigger={
              <IconButton label="Columns">
                <Settings2 />
              </IconButton>
            }
          >
            <MenuLabel>Columns</MenuLabel>
            {columns.slice(1).map((column) => (
              <MenuItem
                key={column.key}
                checked={!view.hidden.has(column.key)}
                onSelect={() => view.toggle(column.key)}
              >
                {column.header}
              </MenuItem>
            ))}
          </Menu>
          <IconButton label="Download as CSV" onClick={() => downloadCsv(label, columns, view.rows)}>
            <Download />
          </IconButton>
        </div>
      </div>
      {rows.length === 0 ? (
        empty
      ) : view.rows.length === 0 ? (
        <EmptyState
          title="Nothing matches the filter"
          action={<Button onClick={() => view.setFilter('')}>Clear the filter</Button>}
        />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <div
          tabIndex={0}
          role="region"
          aria-label={label}
          className="max-h-[75dvh] overflow-auto rounded-md border bg-surface"
        >
          <table className="w-full border-collapse text-left text-sm">
            <thead className="sticky top-0 z-10 bg-sunken">
              <tr>
                {view.columns.map((column) => (
                  <HeaderCell key={column.key} column={column} sort={view.sort} onSort={view.sortBy} />
                ))}
                {rowActions && (
                  <th scope="col" className="w-10 border-b">
                    <span className="sr-only">Actions</span>
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {view.rows.map((row) => (
                <tr key={rowKey(row)} className="group relative border-b last:border-b-0 hover:bg-hover">
                  {view.columns.map((column, at) => (
                    <td key={column.key} className={clsx('px-4 py-2.5', cellClass(column))}>
                      {at === 0 && rowHref ? (
                        <Link
                          href={rowHref(row)}
                          className="font-medium after:absolute after:inset-0 hover:text-accent-text focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
                        >
                          {column.cell(row)}
                        </Link>
                      ) : (
                        column.cell(row)
                      )}
                    </td>
                  ))}
                  {rowActions && (
                    <td className="relative z-[1] w-10 whitespace-nowrap py-1 pr-2 text-right">{rowActions(row)}</td>
                  )}
                </tr>
              ))}
            </tbody>
            {totals && (
              <tfoot className="sticky bottom-0 bg-sunken font-medium">
                <tr>
                  {view.columns.map((column) => (
                    <td key={column.key} className={clsx('border-t px-4 py-2.5', cellClass(column))}>
                      {totals[column.key]}
                    </td>
                  ))}
                  {rowActions && <td className="border-t">{null}</td>}
                </tr>
              </tfoot>
            )}
          </table>
        </div>
      )}
      {more && (
        <div className="flex justify-center">
          <Button busy={more.busy} onClick={more.load}>
            Load more
          </Button>
        </div>
      )}
    </div>
  );
}

function cellClass<Row>(column: Column<Row>): string {
  return clsx(column.align === 'end' && 'text-right tabular-nums', column.wide && 'max-md:hidden', column.className);
}

function HeaderCell<Row>({
  column,
  sort,
  onSort,
}: {
  column: Column<Row>;
  sort: { key: string; descending: boolean } | null;
  onSort: (key: string) => void;
}) {
  const active = sort?.key === column.key;
  const className = clsx('h-9 whitespace-nowrap border-b px-4 font-medium text-muted text-xs', cellClass(column));
  if (!column.sortValue) {
    return (
      <th scope="col" className={className}>
        {column.header}
      </th>
    );
  }
  const Arrow = !active ? ChevronsUpDown : sort.descending ? ArrowDown : ArrowUp;
  return (
    <th scope="col" aria-sort={!active ? 'none' : sort.descending ? 'descending' : 'ascending'} className={className}>
      <button
        type="button"
        onClick={() => onSort(column.key)}
        className="inline-flex items-center gap-1 hover:text-text"
      >
        {column.header}
        <Arrow aria-hidden className={clsx('size-3', !active && 'opacity-50')} />
      </button>
    </th>
  );
}
