import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openDatabase } from '@parley/db/client';
import { parseEnv } from '@parley/env/parse';
import { workerDatabaseEnv } from '@parley/env/stores';
import { must } from '@parley/kernel/assert';
import { testContext } from '@parley/testkit/context';
import { startSimulator } from '@parley/testkit/simulator/start';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../context.ts';
import { addDocument } from '../documents/add.ts';
import { getDocument } from '../documents/get.ts';
import { listDocuments } from '../documents/list.ts';
import { refreshDocument } from '../documents/refresh.ts';
import { removeDocument } from '../documents/remove.ts';
import { ingestDocument } from '../knowledge/ingest.ts';
import { createModel } from '../models/create.ts';
import { faultOf, withModels } from '../test/publisher.ts';
import { createCollection } from './create.ts';
import { deleteCollection } from './delete.ts';
import { getCollection } from './get.ts';
import { searchCollection } from './search.ts';
import { updateCollection } from './update.ts';

const kit = testContext();
const db = openDatabase({ url: parseEnv(workerDatabaseEnv).WORKER_DATABASE_URL, poolSize: 4 });
let simulator: Awaited<ReturnType<typeof startSimulator>>;
const pages = new Map<string, { status?: number; type: string; body: string; location?: string }>();
const site = createServer((request, response) => {
  const page = pages.get(request.url ?? '') ?? { status: 404, type: 'text/plain', body: '' };
  const headers = { 'content-type': page.type, ...(page.location ? { location: page.location } : {}) };
  response.writeHead(page.status ?? 200, headers).end(page.body);
});
let origin = '';
beforeAll(async () => {
  simulator = await startSimulator({ port: 0, msPerToken: 1 });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
});
afterAll(async () => {
  site.closeAllConnections();
  site.close();
  await Promise.all([kit.close(), db.close(), simulator.close()]);
});

const FARES = '# Fares\n\nA bicycle costs three euros.\n\n# Animals\n\nDogs stay on a lead on deck.\n';
const tools = () => ({ db, masterKey: kit.settings.masterKey, allowedPrivate: kit.settings.allowedPrivate });
const AT = { collection: 'handbook' };

/** Does what the worker would for every document of a collection. */
async function work(owner: Context, sliceMs?: number): Promise<number> {
  let slices = 0;
  for (const { id: documentId } of (await listDocuments(owner, AT)).items) {
    do slices++;
    while (await ingestDocument(tools(), { tenantId: owner.tenantId ?? '', documentId }, sliceMs));
  }
  return slices;
}

async function handbook(more: object = {}): Promise<Context> {
  const { owner } = await kit.tenant();
  await createCollection(owner, { slug: 'handbook', name: 'Handbook', ...more });
  return owner;
}

const ask = (owner: Context, query: string, more: object = {}) => searchCollection(owner, { ...AT, query, ...more });

describe('a collection', () => {
  it('answers with passages and their exact places, once its documents are read', async () => {
    const owner = await handbook();
    const made = await addDocument(owner, { ...AT, title: 'Fares', format: 'markdown', content: FARES });
    expect(made).toMatchObject({ state: 'waiting', searchable: false, duplicate: false, characters: FARES.length });
    expect((await ask(owner, 'bicycle')).items).toEqual([]);
    await work(owner);
    expect(await getCollection(owner, AT)).toMatchObject({ documents: 1, pending: 0, failed: 0, passages: 2 });
    const { items, mode, cached } = await ask(owner, 'What does a bycicle cost?');
    expect({ mode, cached }).toEqual({ mode: 'hybrid', cached: false });
    const [best] = items;
    expect(best).toMatchObject({ document: made.id, title: 'Fares', headings: ['Fares'], passage: 0 });
    expect(FARES.slice(best?.start, best?.end)).toBe('A bicycle costs three euros.');
    expect(best?.text).toBe('A bicycle costs three euros.');
    expect((await getDocument(owner, { ...AT, document: made.id })).content).toBe(FARES);
  });

  it('answers the same question from what it found, until something changes', async () => {
    const owner = await handbook();
    const { id } = await addDocument(owner, { ...AT, title: 'One', content: 'The harbour opens at seven.' });
    await work(owner);
    expect((await ask(owner, 'harbour')).cached).toBe(false);
    expect(await ask(owner, 'harbour')).toMatchObject({ cached: true, items: [{ document: id }] });
    expect((await ask(owner, 'harbour', { limit: 1 })).cached).toBe(false);
    await removeDocument(owner, { ...AT, document: id });
    expect(await ask(owner, 'harbour')).toMatchObject({ cached: false, items: [] });
    const passages = await db.within({}, (tx) => tx.knowledgePassage.count({ where: { documentId: id } }));
    expect(passages).toBe(0);
  });

  it('finds only what a filter asks for', async () => {
    const owner = await handbook();
    const [east, west] = await Promise.all(
      ['east', 'west'].map((port) =>
        addDocument(owner, { ...AT, title: port, content: `The ${port} harbour opens at seven.`, metadata: { port } }),
      ),
    );
    await work(owner);
    const found = async (filter: Record<string, string | string[]>) =>
      (await ask(owner, 'harbour', { filter })).items.map(({ document }) => document);
    expect(await found({ port: 'west' })).toEqual([west?.id]);
    expect((await found({ port: ['east', 'west'] })).length).toBe(2);
    expect(await found({ port: 'north' })).toEqual([]);
    expect(east?.metadata).toEqual({ port: 'east' });
  });

  it('keeps nothing readable in the database', async () => {
    const owner = await handbook();
    await addDocument(owner, { ...AT, title: 'Secret', content: 'The zanzibar protocol is secret.' });
    await work(owner);
    const tenantId = owner.tenantId ?? '';
    const rows = await db.within({}, async (tx) => [
      ...(await tx.knowledgeDocument.findMany({ where: { tenantId } })).map(({ sealed }) => sealed),
      ...(await tx.knowledgePassage.findMany({ where: { tenantId } })).flatMap(({ sealed, vector }) => [
        sealed,
        vector,
      ]),
    ]);
    expect(rows.length).toBe(3);
    for (const row of rows) expect(Buffer.from(must(row, 'a sealed row')).toString('latin1')).not.toContain('zanzibar');
  });

  it('is deleted with everything in it', async () => {
    const owner = await handbook();
    await addDocument(owner, { ...AT, title: 'One', content: 'Text' });
    await work(owner);
    await deleteCollection(owner, AT);
    const where = { where: { tenantId: owner.tenantId ?? '' } };
    const left = await db.within({}, async (tx) => [
      await tx.knowledgeDocument.count(where),
      await tx.knowledgePassage.count(where),
    ]);
    expect(left).toEqual([0, 0]);
    expect((await faultOf(ask(owner, 'text'))).code).toBe('not_found');
  });
});

describe('a document', () => {
  it('is not read twice', async () => {
    const owner = await handbook();
    const one = await addDocument(owner, { ...AT, title: 'One', content: 'Same text' });
    const two = await addDocument(owner, { ...AT, title: 'Two', content: 'Same text' });
    expect(two).toMatchObject({ id: one.id, title: 'One', duplicate: true });
    expect(await getCollection(owner, AT)).toMatchObject({ documents: 1 });
  });

  it('goes on where work on it ended, each passage once', async () => {
    const owner = await handbook();
    const rows = Array.from({ length: 300 }, (_, at) => `Row ${at}: ${'word '.repeat(150)}`);
    const { id } = await addDocument(owner, { ...AT, title: 'Long', content: rows.join('\n\n') });
    const tenantId = owner.tenantId ?? '';
    expect(await ingestDocument(tools(), { tenantId, documentId: id }, 0)).toBe(true);
    expect(await getDocument(owner, { ...AT, document: id })).toMatchObject({ state: 'working', passages: 300 });
    expect((await ask(owner, 'row')).items).toEqual([]);
    await work(owner);
    const kept = await db.within({}, (tx) => tx.knowledgePassage.findMany({ where: { tenantId, documentId: id } }));
    expect(new Set(kept.map(({ number }) => number)).size).toBe(300);
    expect(kept.length).toBe(300);
    expect((await ask(owner, 'row 217')).items[0]?.text).toContain('Row 217:');
  });

  it('that is removed meanwhile ends the work on it', async () => {
    const owner = await handbook();
    const { id } = await addDocument(owner, { ...AT, title: 'One', content: 'Text' });
    await removeDocument(owner, { ...AT, document: id });
    expect(await ingestDocument(tools(), { tenantId: owner.tenantId ?? '', documentId: id })).toBe(false);
  });

  it('is refused with a reason where it cannot be read', async () => {
    const owner = await handbook();
    const refused = async (more: object) => faultOf(addDocument.invoke(owner, { ...AT, title: 'x', ...more }));
    expect((await refused({ format: 'pdf', content: '%PDF-1.7' })).issues[0]?.message).toContain(
      'PDF and others cannot',
    );
    expect((await refused({})).issues[0]?.message).toContain('either');
    expect((await refused({ content: ' \n' })).issues[0]?.message).toBe('It holds no text.');
    expect((await refused({ url: 'ftp://a.example' })).code).toBe('invalid_input');
    await addDocument(owner, { ...AT, title: 'Empty page', format: 'html', content: '<script>x</script>' });
    await work(owner);
    expect((await listDocuments(owner, AT)).items[0]).toMatchObject({ state: 'failed', message: 'It holds no text.' });
  });
});

describe('a page', () => {
  it('is fetched by the type its server tells, and read again on demand', async () => {
    const owner = await handbook();
    pages.set('/guide', { type: 'text/html; charset=utf-8', body: '<h1>Guide</h1><p>Boats leave at noon.</p>' });
    const { id } = await addDocument(owner, { ...AT, title: 'Guide', url: `${origin}/guide` });
    await work(owner);
    expect(await getDocument(owner, { ...AT, document: id })).toMatchObject({ state: 'ready', format: 'html' });
    expect((await ask(owner, 'boats')).items[0]).toMatchObject({
      text: 'Boats leave at noon.',
      url: `${origin}/guide`,
    });
    pages.set('/guide', { type: 'text/html', body: '<h1>Guide</h1><p>Boats leave at dusk.</p>' });
    await refreshDocument(owner, { ...AT, document: id });
    expect((await ask(owner, 'boats')).items[0]?.text).toBe('Boats leave at noon.');
    await work(owner);
    expect((await ask(owner, 'boats')).items.map(({ text }) => text)).toEqual(['Boats leave at dusk.']);
  });

  it('that cannot be read says why, and a private address is not called', async () => {
    const owner = await handbook();
    pages.set('/away', { status: 302, type: 'text/html', body: '', location: '/guide' });
    pages.set('/paper', { type: 'application/pdf', body: '%PDF' });
    for (const path of ['/away', '/paper', '/none'])
      await addDocument(owner, { ...AT, title: path, url: origin + path });
    await addDocument(owner, { ...AT, title: 'metadata', url: 'http://169.254.169.254/latest' });
    await work(owner);
    const { items } = await listDocuments(owner, AT);
    expect(Object.fromEntries(items.map(({ title, message }) => [title, message]))).toEqual({
      '/away': 'It leads elsewhere (302), to /guide. Give that address.',
      '/paper': 'It is of the type application/pdf; HTML, Markdown, text and CSV can be read, PDF and others cannot.',
      '/none': 'Its server answered 404.',
      metadata: 'Its address is private or reserved.',
    });
  });
});

describe('embeddings by a model', () => {
  async function withEmbedding(): Promise<Context> {
    const owner = await handbook();
    await withModels(owner, `${simulator.url}/v1`);
    const price = { input: '1', output: '1' };
    await createModel(owner, { slug: 'meaning', provider: 'simulator', providerModel: 'sim-embedding', price });
    return owner;
  }

  it('take the place of others: documents are read again, found by their words until then', async () => {
    const owner = await withEmbedding();
    await addDocument(owner, { ...AT, title: 'Fares', format: 'markdown', content: FARES });
    await work(owner);
    await updateCollection(owner, { ...AT, embedding: 'meaning' });
    expect(await getCollection(owner, AT)).toMatchObject({ embedding: 'meaning', pending: 1 });
    expect((await ask(owner, 'bicycle')).items[0]?.headings).toEqual(['Fares']);
    expect((await ask(owner, 'bicycle', { mode: 'vector' })).items).toEqual([]);
    await work(owner);
    const { items, mode } = await ask(owner, 'a bicycle costs', { mode: 'vector' });
    expect(mode).toBe('vector');
    expect(items[0]?.headings).toEqual(['Fares']);
    const tenantId = owner.tenantId ?? '';
    const kinds = await db.within({}, (tx) => tx.knowledgePassage.findMany({ where: { tenantId } }));
    expect(new Set(kinds.map(({ embeddedBy }) => embeddedBy))).toEqual(new Set(['model meaning sim-embedding']));
  });

  it('that cannot be had leave words to search by, and say so', async () => {
    const owner = await withEmbedding();
    const price = { input: '1', output: '1' };
    await createModel(owner, { slug: 'broken', provider: 'simulator', providerModel: 'sim-embedding+500', price });
    await addDocument(owner, { ...AT, title: 'Fares', format: 'markdown', content: FARES });
    await work(owner);
    await updateCollection(owner, { ...AT, embedding: 'broken' });
    await work(owner);
    expect(await getCollection(owner, AT)).toMatchObject({ failed: 1 });
    const { items, mode, note } = await ask(owner, 'bicycle');
    expect({ mode, found: items[0]?.headings }).toEqual({ mode: 'lexical', found: ['Fares'] });
    expect(note).toContain('gave no vectors');
    const unknown = await faultOf(updateCollection(owner, { ...AT, embedding: 'nobody' }));
    expect(unknown.issues[0]?.message).toContain('There is no model');
  });
});
