import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import { replyWith } from '../stages/reply.ts';
import type { BatchAddress } from './batch-address.ts';
import { readId, shownId } from './batch-id.ts';
import type { FileFacts } from './file.ts';
import { fileObject } from './file-object.ts';
import { listOf, pageAsked } from './page.ts';
import { sendFile } from './send-file.ts';
import { takeFile } from './take-file.ts';

type Outcome = Refusal | null;

/** Whether something is the caller's: of its application, and of the person its token names. */
export function isOwn(
  { applicationId, subject: owner }: { readonly applicationId: string; readonly subject: string },
  { caller, subject }: Exchange,
): boolean {
  return applicationId === caller?.application.id && owner === (subject === caller.key.id ? '' : subject);
}

export function send(exchange: Exchange, ports: Ports, body: unknown): null {
  if (!exchange.settled) replyWith(exchange, ports, { status: 200, headers: [], json: JSON.stringify(body) });
  return null;
}

/** The caller's own file of this id, as it stands in an address or a body. */
export async function ownFile(exchange: Exchange, ports: Ports, shown: string): Promise<FileFacts | Refusal> {
  const id = readId('file-', shown);
  const facts = id === '' ? null : await ports.batches.files.view(id);
  const known = facts !== null && facts.purpose !== 'batch_calls' && isOwn(facts, exchange);
  return known ? facts : refusal('file_not_found');
}

async function list(exchange: Exchange, ports: Ports): Promise<Outcome> {
  const page = pageAsked(exchange, { prefix: 'file-', after: 'after', usual: 1000, most: 1000 });
  if (page instanceof Refusal) return page;
  const applicationId = exchange.caller?.application.id ?? '';
  const found = await ports.batches.files.list(applicationId, { ...page, most: page.most + 1 });
  const purpose = new URLSearchParams(exchange.query).get('purpose');
  const own = found.slice(0, page.most).filter((facts) => isOwn(facts, exchange));
  const wanted = own.filter((facts) => purpose === null || facts.purpose === purpose);
  return send(exchange, ports, { object: 'list', ...listOf(wanted.map(fileObject), found.length > page.most) });
}

async function drop(exchange: Exchange, ports: Ports, { id }: FileFacts): Promise<Outcome> {
  const said = await ports.batches.files.drop(id);
  if (said === 'used') return refusal('file_in_use');
  return send(exchange, ports, { id: shownId('file-', id), object: 'file', deleted: true });
}

/** Answers what is asked of files: to the application whose they are, and to nobody else. */
export async function answerFiles(exchange: Exchange, ports: Ports, address: BatchAddress): Promise<Outcome> {
  if (address.action === 'create') return takeFile(exchange, ports);
  if (address.action === 'list') return list(exchange, ports);
  const facts = await ownFile(exchange, ports, address.id);
  if (facts instanceof Refusal) return facts;
  if (address.action === 'delete') return drop(exchange, ports, facts);
  if (address.action === 'content')
    return sendFile(exchange, ports, { facts, contentType: 'application/octet-stream' });
  return send(exchange, ports, fileObject(facts));
}
