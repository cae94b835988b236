'use client';

import { clsx } from 'clsx';
import { type MouseEvent, useEffect, useState } from 'react';

export interface SectionLink {
  /** Id of the section it leads to. */
  readonly id: string;
  readonly label: string;
  /** A number in grey after the label. */
  readonly count?: number | undefined;
}

/** Ways to the sections of a long page, staying in view above them; the section being read is marked. */
export function SectionNav({ label, sections }: { label: string; sections: readonly SectionLink[] }) {
  const ids = sections.map(({ id }) => id).join(' ');
  const [read, setRead] = useState('');
  useEffect(() => {
    const inView = new Set<string>();
    const order = ids.split(' ');
    // A band below this bar: what crosses it is being read.
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting) inView.add(target.id);
          else inView.delete(target.id);
        }
        setRead(order.find((id) => inView.has(id)) ?? '');
      },
      { rootMargin: '-128px 0px -55% 0px' },
    );
    for (const id of order) {
      const section = document.getElementById(id);
      if (section) observer.observe(section);
    }
    return () => observer.disconnect();
  }, [ids]);
  const go = (event: MouseEvent, id: string): void => {
    const section = document.getElementById(id);
    if (!section || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    section.scrollIntoView();
    // The next Tab goes on from there.
    section.focus({ preventScroll: true });
    setRead(id);
  };
  return (
    <nav
      aria-label={label}
      className="sticky top-14 z-20 -mx-4 flex gap-1 overflow-x-auto border-b bg-bg px-4 py-1.5 md:top-0 md:mx-0 md:px-0"
    >
      {sections.map(({ id, label: text, count }) => (
        <a
          key={id}
          href={`#${id}`}
          aria-current={read === id ? 'location' : undefined}
          onClick={(event) => go(event, id)}
          className={clsx(
            'flex h-8 shrink-0 items-center gap-1.5 whitespace-nowrap rounded-md px-2.5 text-sm focus-visible:-outline-offset-2',
            read === id ? 'bg-hover font-medium text-text' : 'text-muted hover:bg-hover hover:text-text',
          )}
        >
          {text}
          {count !== undefined && <span className="font-normal text-faint text-xs tabular-nums">{count}</span>}
        </a>
      ))}
    </nav>
  );
}
