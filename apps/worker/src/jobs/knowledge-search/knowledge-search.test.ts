import { KNOWLEDGE_ANSWER, KNOWLEDGE_QUESTION, knowledgeAnswerSchema } from '@parley/contracts/knowledge';
import { redisKeys } from '@parley/contracts/redis-keys';
import { newId } from '@parley/kernel/id';
import { open, openDataKey, seal } from '@parley/kernel/seal';
import { createCollection } from '@parley/services/collections/create';
import { addDocument } from '@parley/services/documents/add';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, it } from 'vitest';
import { testWorker } from '../../../test/test-worker.ts';
import { knowledgeIngest } from '../knowledge-ingest/handle.ts';
import { knowledgeSearch } from './handle.ts';

const worker = testWorker();
const kit = testContext();
afterAll(() => Promise.all([worker.close(), kit.close()]));

it('reads documents and answers gateways, with nothing to be read on the way', async () => {
  const { owner, tenantId } = await kit.tenant();
  const [row] = await worker.rows<{ sealed: string }>('SELECT sealed FROM tenant_keys WHERE tenant_id = $1', tenantId);
  const key = openDataKey(kit.settings.masterKey, row?.sealed ?? '', tenantId);
  const texts = { harbour: 'The harbour opens at seven.', quay: 'The quay of the harbour is closed on Sunday.' };
  const ids: string[] = [];
  for (const [slug, content] of Object.entries(texts)) {
    await createCollection(owner, { slug, name: slug });
    const { id: documentId } = await addDocument(owner, { collection: slug, title: slug, content });
    ids.push(documentId);
    await worker.run(knowledgeIngest, { tenantId, documentId });
  }
  const askId = newId();
  const question = { collections: ['harbour', 'quay', 'gone'], text: 'harbour', mode: 'hybrid', limit: 5, filter: {} };
  const sealed = seal(key, JSON.stringify(question), KNOWLEDGE_QUESTION);
  await worker.run(knowledgeSearch, { askId, tenantId, sealed });
  const answer = (await worker.redis.get(redisKeys.knowledgeAnswer(askId))) ?? '';
  expect(answer).not.toContain('harbour');
  const { passages } = knowledgeAnswerSchema.parse(JSON.parse(open(key, answer, KNOWLEDGE_ANSWER)));
  expect(passages.map(({ document }) => document).toSorted()).toEqual(ids.toSorted());
  expect(passages[0]).toMatchObject({ passage: 0, start: 0 });
  const other = await kit.tenant();
  await expect(worker.run(knowledgeSearch, { askId, tenantId: other.tenantId, sealed })).rejects.toThrow();
});
