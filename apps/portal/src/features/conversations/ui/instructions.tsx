import type { Read } from './conversation-words.ts';

/** What a conversation is called and what models are told in it, once it is opened. */
export function Instructions({ read }: { read: Read }) {
  const parts = [
    ['Title', read.title],
    ['Instructions', read.system],
    ['Persona', read.persona],
    ...Object.entries(read.metadata),
  ].filter(([, text]) => text !== '');
  if (parts.length === 0) {
    return <p className="text-muted text-sm">It has no title, and no instructions of its own.</p>;
  }
  return (
    <dl className="flex flex-col gap-2 rounded-md border bg-surface p-4 text-sm">
      {parts.map(([name, text]) => (
        <div key={name} className="flex min-w-0 flex-col gap-0.5 sm:flex-row sm:gap-4">
          <dt className="shrink-0 text-muted sm:w-28">{name}</dt>
          <dd className="min-w-0 whitespace-pre-wrap break-words">{text}</dd>
        </div>
      ))}
    </dl>
  );
}
