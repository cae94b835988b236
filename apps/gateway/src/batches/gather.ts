import type { BatchState, BatchView } from './batch.ts';
import { idWithin } from './batch-id.ts';
import type { BatchEnd } from './batch-store.ts';
import type { Batches } from './batches.ts';
import { resultName } from './create-batch.ts';
import type { FileFacts } from './file.ts';
import { FileWriter, type Line, readLines } from './file-content.ts';
import { LINE_FORMS } from './line-form.ts';
import { lineId } from './run-line.ts';

/** Results that are read at once. */
const AT_ONCE = 50;

const EXPIRED = {
  code: 'batch_expired',
  message: 'This request could not be executed before the completion window expired.',
};
const CANCELLED = { code: 'batch_cancelled', message: 'This request was not executed before the batch was cancelled.' };

/** How a batch ends whose calls are over. */
function endOf(state: BatchState): 'completed' | 'cancelled' | 'expired' {
  if (state === 'finalizing') return 'completed';
  return state === 'cancelling' ? 'cancelled' : 'expired';
}

type Access = Pick<Batches, 'files' | 'store' | 'seals'>;

/** One of the files that a batch's results go to. */
class ResultFile {
  readonly #id: string;
  readonly #kind: 'output' | 'error';
  readonly #writer: FileWriter;

  constructor(access: Access, { id, applicationId }: BatchView['facts'], kind: 'output' | 'error') {
    // The same id and content whenever it is written: a node that dies in the middle leaves nothing behind.
    this.#id = idWithin(id, kind);
    this.#kind = kind;
    this.#writer = new FileWriter(access, { id: this.#id, applicationId, mostBytes: Number.MAX_SAFE_INTEGER });
  }

  async add(text: string): Promise<void> {
    await this.#writer.write(Buffer.from(`${text}\n`));
  }

  /** Its id; `null` where nothing was written. */
  async end(access: Access, { facts }: BatchView, nowMs: number): Promise<string | null> {
    await this.#writer.end();
    const { bytes, parts } = this.#writer;
    if (bytes === 0) return null;
    const { id, applicationId, subject, dialect, rules } = facts;
    await access.files.finish({
      id: this.#id,
      applicationId,
      subject,
      name: resultName(id, this.#kind),
      purpose: dialect === 'openai' ? 'batch_output' : 'batch_calls',
      bytes,
      parts,
      createdAtMs: nowMs,
      expiresAtMs: nowMs + rules.keepMs,
    });
    return this.#id;
  }
}

/** Puts together what the calls of a batch were answered, in their order; those that were never made say why. */
export async function gather(view: BatchView, input: FileFacts, access: Access): Promise<BatchEnd> {
  const { facts, state } = view;
  const form = LINE_FORMS[facts.dialect];
  const output = new ResultFile(access, facts, 'output');
  const error = form.apart ? new ResultFile(access, facts, 'error') : output;
  const why = { kind: 'unmade', ...(state === 'cancelling' ? CANCELLED : EXPIRED) } as const;
  let unmade = 0;
  const take = async (lines: readonly Line[]): Promise<void> => {
    const results = await access.store.results(
      facts.id,
      lines.map(({ number }) => number),
    );
    for (const [at, { number, text }] of lines.entries()) {
      const sealed = results[at] ?? null;
      if (sealed !== null) {
        const kept = access.seals.open(facts.applicationId, `result:${facts.id}:${number}`, sealed).toString('utf8');
        await (kept.startsWith('+') ? output : error).add(kept.slice(1));
        continue;
      }
      const read = form.read(text, facts.endpoint);
      // Never validated: nobody counted on it.
      if ('code' in read) continue;
      unmade++;
      await error.add(form.write(why, { customId: read.customId, id: lineId(facts.id, number) }));
    }
  };
  let held: Line[] = [];
  for await (const line of readLines(access, input)) {
    held.push(line);
    if (held.length < AT_ONCE) continue;
    await take(held);
    held = [];
  }
  await take(held);
  const nowMs = Date.now();
  return {
    state: endOf(state),
    outputFileId: await output.end(access, view, nowMs),
    errorFileId: error === output ? null : await error.end(access, view, nowMs),
    unmade,
    problems: [],
  };
}
