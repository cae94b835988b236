import { Fault } from '@parley/kernel/fault';
import { newId } from '@parley/kernel/id';
import { z } from 'zod';
import { findCollection } from '../collections/collection-shape.ts';
import { orConflict, wrongField } from '../conflict.ts';
import { asJson } from '../given.ts';
import { MAX_CHARACTERS } from '../knowledge/fetch-page.ts';
import { contentHash, DocumentSeal } from '../knowledge/sealed.ts';
import { tenantDataKey } from '../sealing/tenant-data-key.ts';
import { defineVerb } from '../verb.ts';
import { documentOut, documentShape, findDocument, metadataInput } from './document-shape.ts';

const MAX_DOCUMENTS = 2000;
const FORMATS = ['text', 'markdown', 'html', 'csv'] as const;

/** Adds a document: its text, or the address of a page. The worker reads it; the answer says that it waits. */
export const addDocument = defineVerb({
  name: 'documents.add',
  summary: 'Add a document to a collection: a text, or the address of a page. The same text is not added twice.',
  kind: 'write',
  access: 'knowledge.write',
  rest: { method: 'POST', path: '/collections/{collection}/documents' },
  input: z.object({
    collection: z.string(),
    title: z.string().trim().min(1, 'Give it a title.').max(200, 'At most 200 characters.'),
    format: z
      .enum(FORMATS, 'Text, markdown, html and csv can be read. PDF and others cannot: give the text they hold.')
      .default('text')
      .describe('How `content` is written; pages are read by the type their server tells.'),
    content: z.string().max(MAX_CHARACTERS, 'At most 2,000,000 characters.').optional(),
    url: z
      .url({ protocol: /^https?$/, error: 'Give an address that begins with https://.' })
      .max(2000)
      .optional(),
    metadata: metadataInput.default({}),
  }),
  output: documentShape.extend({
    duplicate: z.boolean().describe('The text was there already; that document is told.'),
  }),
  async run({ tx, input, context, tenantId, audit, announce }) {
    const { title, content, url, metadata } = input;
    const { id: collectionId, slug } = await findCollection(tx, tenantId, input.collection);
    if ((content === undefined) === (url === undefined)) throw wrongField('content', 'Give either `content` or `url`.');
    if (content !== undefined && content.trim() === '') throw wrongField('content', 'It holds no text.');
    const key = await tenantDataKey(tx, context.settings.masterKey, tenantId);
    const hash = content === undefined ? null : contentHash(key, collectionId, content);
    const same = await tx.knowledgeDocument.findFirst({
      where: { tenantId, collectionId, ...(hash === null ? { sourceUrl: url ?? '' } : { contentHash: hash }) },
      select: { id: true },
    });
    if (same !== null) {
      return { ...documentOut(await findDocument(tx, { tenantId, collectionId, id: same.id })), duplicate: true };
    }
    if ((await tx.knowledgeDocument.count({ where: { tenantId, collectionId } })) >= MAX_DOCUMENTS) {
      throw new Fault('limit_reached', `A collection has at most ${MAX_DOCUMENTS} documents.`);
    }
    const id = newId();
    const own =
      content === undefined
        ? { sourceUrl: url ?? '' }
        : {
            format: input.format,
            contentHash: hash,
            characters: content.length,
            sealed: new DocumentSeal(key, id).text(content),
          };
    await orConflict(
      tx.knowledgeDocument.create({ data: { tenantId, id, collectionId, title, metadata: asJson(metadata), ...own } }),
      'content',
      'The same text was added at the same moment.',
    );
    await announce('knowledge.ingest', { tenantId, documentId: id });
    await audit({
      subject: { kind: 'document', id, label: title },
      detail: { collection: slug, format: input.format, url: url ?? null, characters: content?.length ?? null },
    });
    return { ...documentOut(await findDocument(tx, { tenantId, collectionId, id })), duplicate: false };
  },
});
