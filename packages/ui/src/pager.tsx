'use client';

import { ChevronLeft, ChevronRight } from 'lucide-react';
import { IconButton } from './button.tsx';

/** Which part of a long list is shown, with the ways to the parts beside it; nothing where it fits on one page. */
export function Pager({
  label,
  of,
  size,
  page,
  onPage,
}: {
  /** What is listed. */
  label: string;
  /** Things in all. */
  of: number;
  /** Things on a page. */
  size: number;
  /** Counted from 0. */
  page: number;
  onPage: (page: number) => void;
}) {
  if (of <= size) return null;
  const first = page * size + 1;
  const last = Math.min(of, first + size - 1);
  return (
    <nav aria-label={`Pages of ${label.toLowerCase()}`} className="ml-auto flex items-center gap-1">
      <span role="status" className="mr-1 text-muted text-xs tabular-nums">
        {first}–{last} of {of}
      </span>
      <IconButton label="Page before" size="sm" disabled={page === 0} onClick={() => onPage(page - 1)}>
        <ChevronLeft />
      </IconButton>
      <IconButton label="Next page" size="sm" disabled={last === of} onClick={() => onPage(page + 1)}>
        <ChevronRight />
      </IconButton>
    </nav>
  );
}
