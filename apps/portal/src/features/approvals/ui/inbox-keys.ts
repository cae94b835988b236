'use client';

import { useEffect, useState } from 'react';
import { type Approval, MOVES_FROM, type Move } from './approval-types.ts';

const MOVE_KEYS: Readonly<Record<string, Move>> = { a: 'approve', r: 'refuse' };

/** The row the keyboard is at: `j`/`k` go down and up, `x` selects, `a` approves, `r` refuses. -1 before the first key. */
export function useInboxKeys({
  rows,
  enabled,
  onToggle,
  onMove,
}: {
  rows: readonly Approval[];
  enabled: boolean;
  onToggle: ((id: string) => void) | null;
  onMove: ((row: Approval, move: Move) => void) | null;
}): number {
  const [at, setAt] = useState(-1);
  const current = Math.min(at, rows.length - 1);
  useEffect(() => {
    if (!enabled) return;
    const onKey = (event: KeyboardEvent): void => {
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      const row = rows[current];
      const move = MOVE_KEYS[event.key];
      if (event.key === 'j') setAt(Math.min(current + 1, rows.length - 1));
      else if (event.key === 'k') setAt(Math.max(current - 1, 0));
      else if (event.key === 'x' && row && onToggle) onToggle(row.id);
      else if (move && row && onMove && MOVES_FROM[row.state].includes(move)) onMove(row, move);
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [enabled, rows, current, onToggle, onMove]);
  return current;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
