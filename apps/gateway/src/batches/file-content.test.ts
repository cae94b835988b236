import { newId } from '@parley/kernel/id';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BatchSeals } from './batch-seals.ts';
import { type FileFacts, PART_BYTES } from './file.ts';
import { FileWriter, readLines, readParts } from './file-content.ts';
import type { FileStore } from './file-store.ts';

const seals = new BatchSeals({ bytes: Buffer.alloc(32, 7) });

/** Pieces as they are kept, in memory. */
function access() {
  const kept = new Map<string, Buffer>();
  const never = (): Promise<never> => Promise.reject(new Error('not asked for here'));
  const files: FileStore = {
    part: async ({ id }, number, sealed) => {
      kept.set(`${id}:${number}`, sealed);
      return 'ok';
    },
    read: async (id, number) => kept.get(`${id}:${number}`) ?? null,
    finish: never,
    view: never,
    drop: never,
    list: never,
  };
  return { files, seals, kept };
}

async function written(of: ReturnType<typeof access>, chunks: readonly Buffer[]): Promise<FileFacts> {
  const [id, applicationId] = [newId(), newId()];
  const writer = new FileWriter(of, { id, applicationId, mostBytes: 1e9 });
  for (const chunk of chunks) expect(await writer.write(chunk)).toBe(true);
  await writer.end();
  const { bytes, parts } = writer;
  const times = { createdAtMs: 0, expiresAtMs: 0 };
  return { id, applicationId, subject: '', name: 'x', purpose: 'batch', bytes, parts, ...times };
}

async function all<T>(from: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const each of from) out.push(each);
  return out;
}

it('gives back the same bytes and lines, however they came', async () => {
  const line = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => !/[\n\r]/.test(text));
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 20 }),
      fc.array(fc.nat(200)),
      fc.constantFrom('\n', '\r\n'),
      async (texts, cuts, end) => {
        const of = access();
        const bytes = Buffer.from(texts.join(end));
        const at = [0, ...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b), bytes.length];
        const chunks = at.slice(1).map((to, i) => bytes.subarray(at[i], to));
        const facts = await written(of, chunks);
        expect(Buffer.concat(await all(readParts(of, facts)))).toEqual(bytes);
        const expected = texts
          .map((text, i) => ({ number: i + 1, text: text.trim() }))
          .filter(({ text }) => text !== '');
        expect(await all(readLines(of, facts))).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});

it('joins lines and characters that are divided between two pieces', async () => {
  const of = access();
  const long = `${'ä'.repeat(PART_BYTES / 2)}x`;
  const facts = await written(of, [Buffer.from(`a${long}\n\nlast`)]);
  expect(facts.parts).toBe(2);
  expect(await all(readLines(of, facts))).toEqual([
    { number: 1, text: `a${long}` },
    { number: 3, text: 'last' },
  ]);
});

it('opens a piece in its own place only', async () => {
  const of = access();
  const facts = await written(of, [Buffer.alloc(PART_BYTES + 1, 'x')]);
  const [first, second] = [`${facts.id}:0`, `${facts.id}:1`].map((key) => of.kept.get(key) ?? Buffer.alloc(0));
  expect(first?.includes('xxxx')).toBe(false);
  of.kept.set(`${facts.id}:0`, second as Buffer);
  await expect(all(readParts(of, facts))).rejects.toThrow();
  of.kept.set(`${facts.id}:0`, first as Buffer);
  await expect(all(readParts(of, { ...facts, applicationId: newId() }))).rejects.toThrow();
  of.kept.delete(`${facts.id}:1`);
  await expect(all(readParts(of, facts))).rejects.toThrow('gone');
});
