import { Readable } from 'node:stream';
import type { FallbackOptions } from '@parley/contracts/upstream-options';
import type { Exchange } from '../exchange.ts';
import { discardRest } from '../wire/body.ts';
import type { Receiver } from './call.ts';

/** Whether nothing of an answer has left yet, so that another can take its place. */
export function isUnanswered(exchange: Exchange): boolean {
  return !exchange.headSent && exchange.responseBytes === 0;
}

/** Answers a call as its upstream's options say for the case that the upstream does not. `code` tells the usage record why. */
export function answerFallback(exchange: Exchange, fallback: FallbackOptions, code: string, receiver: Receiver): void {
  const body = Buffer.from(fallback.body);
  const passing = exchange.upstreamRequest?.body;
  if (passing instanceof Readable) passing.destroy();
  discardRest(exchange);
  exchange.code = code;
  receiver.onHead(fallback.status, {
    'content-type': fallback.contentType,
    'content-length': String(body.length),
    'cache-control': 'no-store',
  });
  if (body.length > 0 && exchange.method !== 'HEAD') receiver.onData(body);
  receiver.onEnd();
}
