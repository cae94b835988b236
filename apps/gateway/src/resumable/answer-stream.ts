import { openBuffer } from '@parley/kernel/seal';
import { isObject } from '@parley/llm/object';
import type { JobAddress } from '../background/job-address.ts';
import { responseIdOf, responseShell } from '../background/job-object.ts';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import { replyWith } from '../stages/reply.ts';
import { dataOf, eventsIn } from './events.ts';
import { placeOf, resumeStream } from './resume-stream.ts';
import type { StreamView } from './stream-store.ts';
import { partPurpose } from './stream-writer.ts';

interface Asked {
  readonly address: JobAddress;
  readonly stream: StreamView;
}

/** Answers what is asked of a kept stream that is the caller's own. */
export async function answerStream(
  exchange: Exchange,
  ports: Ports,
  { address, stream }: Asked,
): Promise<Refusal | null> {
  if (address.response && stream.facts.dialect !== 'openai_responses') return refusal('job_not_found');
  if (address.action === 'cancel') await ports.streams.store.cancel(stream.facts.id);
  const streamed = address.action === 'resume' || new URLSearchParams(exchange.query).get('stream') === 'true';
  if (address.action === 'forget' || !streamed) return show(exchange, ports, stream, address.action === 'cancel');
  const after = placeOf(exchange, address.response);
  return after instanceof Refusal ? after : resumeStream(exchange, ports, stream, after);
}

/** The response as it stands: its stream's last event has it, once there is one. */
async function show(exchange: Exchange, ports: Ports, stream: StreamView, cancelled: boolean): Promise<Refusal | null> {
  const { facts, state, alive } = stream;
  const ended = state === 'open' ? null : await lastResponse(stream, ports);
  const id = responseIdOf(facts.id);
  const shell = responseShell({ id, createdS: facts.createdS, model: facts.model });
  const status = cancelled || stream.cancelled ? 'cancelled' : state === 'open' && alive ? 'in_progress' : 'failed';
  const body = ended === null ? { ...shell, status } : { ...ended, id, background: true, store: true };
  if (!exchange.settled) replyWith(exchange, ports, { status: 200, headers: [], json: JSON.stringify(body) });
  return null;
}

async function lastResponse({ facts }: StreamView, ports: Ports): Promise<Record<string, unknown> | null> {
  const tenant = await ports.snapshot.tenantById(facts.tenantId);
  const dataKey = typeof tenant === 'string' ? null : tenant.dataKey;
  const part = await ports.streams.store.end(facts.id);
  if (dataKey === null || part === null) return null;
  const text = openBuffer(dataKey, part.sealed, partPurpose(facts.id, part.last)).toString('utf8');
  for (const event of eventsIn(text).reverse()) {
    const data: unknown = JSON.parse(dataOf(event) || 'null');
    if (isObject(data) && isObject(data.response)) return { ...data.response };
  }
  return null;
}
