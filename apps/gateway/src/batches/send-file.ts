import { once } from 'node:events';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { settle, settleBroken } from '../stages/settle.ts';
import { addOwnHeaders } from '../wire/response-headers.ts';
import type { FileFacts } from './file.ts';
import { readParts } from './file-content.ts';

/** Gives a file piece by piece; one that is gone meanwhile breaks the answer off. */
export async function sendFile(
  exchange: Exchange,
  ports: Ports,
  { facts, contentType }: { readonly facts: FileFacts; readonly contentType: string },
): Promise<null> {
  const parts = readParts(ports.batches, facts);
  let held: Buffer | null = null;
  try {
    for await (const part of parts) {
      if (exchange.settled) return null;
      begin(exchange, ports, facts, contentType);
      if (held !== null && !(await pass(exchange, held))) return null;
      held = part;
    }
  } catch (error) {
    ports.log.warn('a file cannot be read to its end', { error, requestId: exchange.id });
    if (!exchange.headSent) throw error;
    exchange.code = 'queue_unavailable';
    settleBroken(exchange, ports);
    return null;
  }
  if (exchange.settled) return null;
  begin(exchange, ports, facts, contentType);
  exchange.replyBody = held;
  exchange.responseBytes += held?.length ?? 0;
  settle(exchange, ports);
  return null;
}

function begin(exchange: Exchange, ports: Ports, { bytes, name }: FileFacts, contentType: string): void {
  if (exchange.headSent) return;
  const headers = ['content-type', contentType, 'content-length', String(bytes), 'x-content-type-options', 'nosniff'];
  headers.push('content-disposition', `attachment; filename="${name.replace(/[^\w.-]/g, '_')}"`);
  addOwnHeaders(exchange, headers, ports.life.draining);
  exchange.status = 200;
  exchange.response.writeHead(200, headers);
  exchange.headSent = true;
}

/** False where the client has gone meanwhile. */
async function pass(exchange: Exchange, part: Buffer): Promise<boolean> {
  const { response } = exchange;
  exchange.responseBytes += part.length;
  if (!response.write(part)) {
    const stop = new AbortController();
    const { signal } = stop;
    await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]).catch(() => {});
    stop.abort();
  }
  return !exchange.settled;
}
