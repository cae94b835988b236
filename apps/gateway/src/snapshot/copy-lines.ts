import type { Logger } from '@parley/telemetry/logger';
import { partsOf } from './parts.ts';
import type { DocumentKind, StoredDocument } from './source.ts';
import type { HeldChange, HeldDocument } from './store.ts';

/**
 * Lines of the copy on disk. What comes later counts; parts stand before the manifest that names them.
 * `{"kind":"tenant"|"application","doc":{…}}` is a whole document (the only kind of line in earlier releases).
 */
type Line =
  | { readonly kind: DocumentKind; readonly doc: Readonly<Record<string, unknown>> }
  | { readonly kind: 'part'; readonly of: string; readonly name: string; readonly json: string }
  | { readonly kind: 'manifest'; readonly of: string; readonly json: string }
  | { readonly kind: 'gone'; readonly of: string };

/** Name of a part without its kind, as the manifest has it. */
const bare = (id: string): string => id.slice(id.indexOf(':') + 1);

function partLine(of: string, name: string, json: string): string {
  return `${JSON.stringify({ kind: 'part', of, name, json } satisfies Line)}\n`;
}

function manifestLine(of: string, json: string): string {
  return `${JSON.stringify({ kind: 'manifest', of, json } satisfies Line)}\n`;
}

function oneLine(json: string): string {
  return json.includes('\n') ? JSON.stringify(JSON.parse(json)) : json;
}

/** Lines that add a change to a copy. */
export function linesOfChange({ kind, id, stored, fresh }: HeldChange): string[] {
  const of = `${kind}:${id}`;
  if (stored === null) return [`${JSON.stringify({ kind: 'gone', of } satisfies Line)}\n`];
  if (stored.form === 'whole') return [`{"kind":"${kind}","doc":${oneLine(stored.json)}}\n`];
  const parts = Array.from(fresh, ([name, json]) => partLine(of, bare(name), json));
  return [...parts, manifestLine(of, stored.json)];
}

/** Lines of a whole document, one at a time: each takes little time to make. */
export function* linesOfDocument({ kind, id, doc, parts }: HeldDocument): Generator<string> {
  const of = `${kind}:${id}`;
  if (parts === null) {
    yield `${JSON.stringify({ kind, doc })}\n`;
    return;
  }
  for (const [name, value] of partsOf(parts)) yield partLine(of, bare(name), JSON.stringify(value));
  yield manifestLine(of, parts.manifest);
}

interface Copied {
  readonly kind: DocumentKind;
  readonly id: string;
  readonly stored: StoredDocument;
}

/** What a copy says. A line that cannot be read is left aside: the last one may have been cut off. */
export class CopyLines {
  readonly #documents = new Map<string, StoredDocument>();
  /** JSON of parts by document and name. */
  readonly #parts = new Map<string, string>();

  constructor(text: string, log: Logger) {
    for (const line of text.split('\n')) {
      if (line === '') continue;
      try {
        this.#take(JSON.parse(line) as Line);
      } catch (error) {
        log.warn('a line of the last good configuration cannot be read', { error });
      }
    }
  }

  *documents(): Generator<Copied> {
    for (const [of, stored] of this.#documents) {
      const at = of.indexOf(':');
      yield { kind: of.slice(0, at) === 'tenant' ? 'tenant' : 'application', id: of.slice(at + 1), stored };
    }
  }

  parts(kind: DocumentKind, id: string, names: readonly string[]): (string | null)[] {
    return names.map((name) => this.#parts.get(`${kind}:${id} ${name}`) ?? null);
  }

  #take(line: Line): void {
    switch (line.kind) {
      case 'tenant':
      case 'application': {
        const id = String(line.doc[`${line.kind}Id`]);
        this.#documents.set(`${line.kind}:${id}`, { form: 'whole', json: JSON.stringify(line.doc) });
        return;
      }
      case 'part':
        this.#parts.set(`${line.of} ${line.name}`, line.json);
        return;
      case 'manifest':
        this.#documents.set(line.of, { form: 'manifest', json: line.json });
        return;
      case 'gone':
        this.#documents.delete(line.of);
    }
  }
}
