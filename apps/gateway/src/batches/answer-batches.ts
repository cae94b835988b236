import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import { answerFiles, isOwn, send } from './answer-files.ts';
import { type BatchDialect, type BatchView, hasEnded } from './batch.ts';
import type { BatchAddress } from './batch-address.ts';
import { type IdPrefix, readId, shownId } from './batch-id.ts';
import { batchObject, messageBatchObject } from './batch-object.ts';
import { createBatch, createMessageBatch } from './create-batch.ts';
import { listOf, pageAsked } from './page.ts';
import { sendFile } from './send-file.ts';

type Outcome = Refusal | null;

/** What differs between OpenAI's and Anthropic's batches. */
interface BatchNounForm {
  readonly dialect: BatchDialect;
  readonly prefix: IdPrefix;
  readonly after: string;
  readonly most: number;
  create(exchange: Exchange, ports: Ports): Promise<BatchView | Refusal>;
  show(view: BatchView, exchange: Exchange, ports: Ports): { readonly id: string };
}

const BATCHES: BatchNounForm = {
  dialect: 'openai',
  prefix: 'batch_',
  after: 'after',
  most: 100,
  create: createBatch,
  show: batchObject,
};

const MESSAGE_BATCHES: BatchNounForm = {
  dialect: 'anthropic',
  prefix: 'msgbatch_',
  after: 'after_id',
  most: 1000,
  create: createMessageBatch,
  show: (view, exchange, ports) => messageBatchObject(view, resultsUrl(view, exchange, ports)),
};

/** Where the results of a batch are: beside the address it was asked for at. */
function resultsUrl({ facts }: BatchView, exchange: Exchange, { ownTokens }: Ports): string {
  const { request, path } = exchange;
  const secure = ownTokens?.issuer.startsWith('https:') || 'encrypted' in request.socket;
  const collection = path.slice(0, path.indexOf('/messages/batches') + '/messages/batches'.length);
  const at = `${collection}/${shownId('msgbatch_', facts.id)}/results`;
  return `${secure ? 'https' : 'http'}://${request.headers.host ?? 'localhost'}${at}`;
}

/** Answers what is asked of files and batches: to the application whose they are, and to nobody else. */
export function answerBatches(exchange: Exchange, ports: Ports): Promise<Outcome> {
  const { batchAddress } = exchange;
  if (batchAddress === null) return Promise.resolve(refusal('internal'));
  return answer(exchange, ports, batchAddress).catch((error: unknown) => {
    ports.log.warn('files and batches cannot be looked up', { error });
    return refusal('queue_unavailable', { retryAfterSeconds: 2 });
  });
}

async function answer(exchange: Exchange, ports: Ports, address: BatchAddress): Promise<Outcome> {
  if (address.noun === 'files') return answerFiles(exchange, ports, address);
  const form = address.noun === 'batches' ? BATCHES : MESSAGE_BATCHES;
  if (address.action === 'list') return list(exchange, ports, form);
  const view =
    address.action === 'create' ? await form.create(exchange, ports) : await ownBatch(exchange, ports, address, form);
  if (view instanceof Refusal) return view;
  switch (address.action) {
    case 'cancel':
      return cancel(exchange, ports, view, form);
    case 'delete':
      return forget(exchange, ports, view);
    case 'content':
      return results(exchange, ports, view);
    default:
      return send(exchange, ports, form.show(view, exchange, ports));
  }
}

async function ownBatch(
  exchange: Exchange,
  ports: Ports,
  address: BatchAddress,
  { prefix, dialect }: BatchNounForm,
): Promise<BatchView | Refusal> {
  const id = readId(prefix, address.id);
  const view = id === '' ? null : await ports.batches.store.view(id);
  const known = view !== null && view.facts.dialect === dialect && isOwn(view.facts, exchange);
  return known ? view : refusal('batch_not_found');
}

/** Those of the other dialect are passed over: page after page is read until there are enough. */
async function list(exchange: Exchange, ports: Ports, form: BatchNounForm): Promise<Outcome> {
  const page = pageAsked(exchange, { prefix: form.prefix, after: form.after, usual: 20, most: form.most });
  if (page instanceof Refusal) return page;
  const applicationId = exchange.caller?.application.id ?? '';
  const wanted: BatchView[] = [];
  for (let after = page.after; wanted.length <= page.most; ) {
    const found = await ports.batches.store.list(applicationId, { ...page, after, most: page.most + 1 });
    wanted.push(...found.filter(({ facts }) => facts.dialect === form.dialect && isOwn(facts, exchange)));
    if (found.length <= page.most) break;
    after = found.at(-1)?.facts.id ?? '';
  }
  const shown = wanted.slice(0, page.most).map((view) => form.show(view, exchange, ports));
  return send(exchange, ports, { object: 'list', ...listOf(shown, wanted.length > page.most) });
}

async function cancel(exchange: Exchange, ports: Ports, { facts }: BatchView, form: BatchNounForm): Promise<Outcome> {
  const { store } = ports.batches;
  await store.cancel(facts.id);
  ports.batches.look();
  const now = await store.view(facts.id);
  return now === null ? refusal('batch_not_found') : send(exchange, ports, form.show(now, exchange, ports));
}

async function forget(exchange: Exchange, ports: Ports, { facts, outputFileId }: BatchView): Promise<Outcome> {
  const { store, files } = ports.batches;
  if (!(await store.forget(facts.id))) {
    return refusal('batch_not_finished', { message: 'A batch that has not ended is cancelled first.' });
  }
  for (const id of [outputFileId, facts.inputFileId]) if (id !== null) await files.drop(id);
  return send(exchange, ports, { id: shownId('msgbatch_', facts.id), type: 'message_batch_deleted' });
}

async function results(exchange: Exchange, ports: Ports, view: BatchView): Promise<Outcome> {
  if (!hasEnded(view.state)) return refusal('batch_not_finished');
  const facts = view.outputFileId === null ? null : await ports.batches.files.view(view.outputFileId);
  if (facts === null) return refusal('batch_not_finished', { message: 'The batch has no results, or they are gone.' });
  return sendFile(exchange, ports, { facts, contentType: 'application/x-jsonl' });
}
