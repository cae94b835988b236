import type { Exchange } from './exchange.ts';
import { Failure } from './failure.ts';

/** The bearer token of a call, or null. */
export function bearerKey(exchange: Exchange): string | null {
  return /^Bearer\s+(\S+)$/i.exec(exchange.request.headers.authorization ?? '')?.[1] ?? null;
}

/** Throws Failure `bad_key` for a key that is not the simulator's kind; the message never repeats it in full. */
export function checkOwnKey(key: string, sentence: (masked: string) => string): void {
  if (key.startsWith('sim-')) return;
  const masked = key.length > 12 ? `${key.slice(0, 4)}****${key.slice(-4)}` : '****';
  throw new Failure('bad_key', `${sentence(masked)} The simulator takes any key that starts with 'sim-'.`);
}
