import { Fragment, type ReactNode } from 'react';

/**
 * The everyday part of Markdown — headings, lists, tables, code, links, emphasis — as elements, never as markup, so that
 * what a publisher writes cannot become script on a reader's page. Anything else shows as it was typed.
 */
export function Markdown({ text }: { text: string }) {
  return <div className="flex max-w-3xl flex-col gap-3 text-sm leading-6">{blocksOf(text).map(renderBlock)}</div>;
}

/** The same within a line: code, strong, emphasis and links. */
export function InlineMarkdown({ text }: { text: string }) {
  return <>{inline(text)}</>;
}

type Block =
  | { kind: 'heading'; level: number; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'list'; ordered: boolean; items: string[] }
  | { kind: 'table'; header: string[]; rows: string[][] }
  | { kind: 'quote'; text: string }
  | { kind: 'paragraph'; text: string };

const HEADING = /^(#{1,6})\s+(.+)$/;
const ITEM = /^\s*(?:[-*+]|(\d+)[.)])\s+(.+)$/;
const RULE = /^\s*\|?[\s:|-]+\|[\s:|-]*$/;

/** Cuts a text into blocks, line by line. */
export function blocksOf(text: string): Block[] {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const blocks: Block[] = [];
  let at = 0;
  const takeWhile = (holds: (line: string) => boolean): string[] => {
    const from = at;
    while (at < lines.length && holds(lines[at] as string)) at += 1;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = lines[at] as string;
    const heading = HEADING.exec(line);
    if (line.trim() === '') at += 1;
    else if (line.startsWith('```')) {
      at += 1;
      blocks.push({ kind: 'code', text: takeWhile((next) => !next.startsWith('```')).join('\n') });
      at += 1;
    } else if (heading) {
      at += 1;
      blocks.push({ kind: 'heading', level: heading[1]?.length ?? 1, text: heading[2] ?? '' });
    } else if (ITEM.test(line)) {
      const items = takeWhile((next) => ITEM.test(next)).map((next) => ITEM.exec(next)?.[2] ?? '');
      blocks.push({ kind: 'list', ordered: /^\s*\d/.test(line), items });
    } else if (line.includes('|') && RULE.test(lines[at + 1] ?? '')) {
      const [header = '', , ...rows] = takeWhile((next) => next.includes('|'));
      blocks.push({ kind: 'table', header: cellsOf(header), rows: rows.map(cellsOf) });
    } else if (line.startsWith('>')) {
      const quoted = takeWhile((next) => next.startsWith('>')).map((next) => next.replace(/^>\s?/, ''));
      blocks.push({ kind: 'quote', text: quoted.join(' ') });
    } else {
      const first = at;
      const isText = (next: string) =>
        next.trim() !== '' && !next.startsWith('```') && !HEADING.test(next) && !ITEM.test(next);
      const taken = takeWhile((next) => at === first || isText(next));
      blocks.push({ kind: 'paragraph', text: taken.join(' ') });
    }
  }
  return blocks;
}

function cellsOf(line: string): string[] {
  const inner = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}

function renderBlock(block: Block, index: number): ReactNode {
  switch (block.kind) {
    case 'heading': {
      const Tag = block.level <= 2 ? 'h3' : 'h4';
      return (
        <Tag key={index} className={block.level <= 2 ? 'mt-2 font-semibold text-base' : 'mt-1 font-semibold text-sm'}>
          {inline(block.text)}
        </Tag>
      );
    }
    case 'code':
      return (
        <pre key={index} className="overflow-x-auto rounded-md border bg-sunken p-3 font-mono text-xs leading-5">
          <code>{block.text}</code>
        </pre>
      );
    case 'list': {
      const Tag = block.ordered ? 'ol' : 'ul';
      return (
        <Tag key={index} className={`flex flex-col gap-1 pl-5 ${block.ordered ? 'list-decimal' : 'list-disc'}`}>
          {block.items.map((item, at) => (
            <li key={`${at}:${item}`}>{inline(item)}</li>
          ))}
        </Tag>
      );
    }
    case 'table':
      return (
        <div key={index} className="overflow-x-auto rounded-md border">
          <table className="w-full text-left text-sm">
            <thead className="bg-sunken">
              <tr>
                {block.header.map((cell, at) => (
                  <th key={`${at}:${cell}`} scope="col" className="border-b px-3 py-1.5 font-medium text-muted text-xs">
                    {inline(cell)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {block.rows.map((row, at) => (
                <tr key={`${at}:${row[0] ?? ''}`} className="border-b last:border-b-0">
                  {row.map((cell, column) => (
                    <td key={`${column}:${cell}`} className="px-3 py-1.5">
                      {inline(cell)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
    case 'quote':
      return (
        <blockquote key={index} className="border-l-2 pl-3 text-muted">
          {inline(block.text)}
        </blockquote>
      );
    case 'paragraph':
      return <p key={index}>{inline(block.text)}</p>;
  }
}

const INLINE = /(`[^`]+`)|(\*\*[^*]+\*\*)|(\*[^*\s][^*]*\*)|(\[[^\]]+\]\([^)\s]+\))/g;

/** Code, strong, emphasis and links within a line. */
function inline(text: string): ReactNode {
  const parts: ReactNode[] = [];
  let last = 0;
  for (const match of text.matchAll(INLINE)) {
    parts.push(text.slice(last, match.index), renderInline(match[0], match.index));
    last = match.index + match[0].length;
  }
  parts.push(text.slice(last));
  return parts.map((part, at) => <Fragment key={at}>{part}</Fragment>);
}

function renderInline(token: string, key: number): ReactNode {
  if (token.startsWith('`')) {
    return (
      <code key={key} className="rounded-xs bg-hover px-1 py-0.5 font-mono text-xs">
        {token.slice(1, -1)}
      </code>
    );
  }
  if (token.startsWith('**')) return <strong key={key}>{token.slice(2, -2)}</strong>;
  if (token.startsWith('*')) return <em key={key}>{token.slice(1, -1)}</em>;
  const [, label = '', address = ''] = /^\[([^\]]+)\]\(([^)\s]+)\)$/.exec(token) ?? [];
  if (!isSafeAddress(address)) return token;
  return (
    <a
      key={key}
      href={address}
      rel="noopener noreferrer nofollow"
      className="text-accent-text underline decoration-line-strong underline-offset-3 hover:decoration-current"
    >
      {label}
    </a>
  );
}

/** Only addresses that open a page or a mail; never `javascript:` and its like. */
export function isSafeAddress(address: string): boolean {
  return /^(https?:\/\/|mailto:|#|\/(?!\/))/i.test(address);
}
