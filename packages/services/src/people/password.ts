import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';

const derive = promisify(argon2);

/** Argon2id as OWASP's password storage cheat sheet asks (19 MiB, two passes, one lane), in the PHC string format. */
const PARAMETERS = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const;
const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,88})\$([A-Za-z0-9+/]{22,172})$/;

/** A password people may choose: length is what makes it strong; anything may be in it. */
export const passwordShape = z
  .string()
  .min(10, 'Use at least 10 characters.')
  .max(200, 'At most 200 characters.')
  .refine((text) => new Set(text).size >= 5, 'Use at least five different characters.');

/** Hashes a password with a fresh salt: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const tag = await derive('argon2id', { ...PARAMETERS, message: password.normalize('NFC'), nonce });
  const { memory, passes, parallelism } = PARAMETERS;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(nonce)}$${unpadded(tag)}`;
}

/**
 * Compares a password with a stored hash in constant time. `stale` asks to hash it anew, as the parameters have changed
 * since. A hash of `null` (no password, no such person) costs the same time and never matches.
 */
export async function verifyPassword(
  password: string,
  stored: string | null,
): Promise<{ matches: boolean; stale: boolean }> {
  const match = stored === null ? null : PHC.exec(stored);
  const [, memory, passes, parallelism, salt, hash] = match ?? [];
  const expected = hash ? Buffer.from(hash, 'base64') : Buffer.alloc(PARAMETERS.tagLength);
  const used = {
    memory: Number(memory ?? PARAMETERS.memory),
    passes: Number(passes ?? PARAMETERS.passes),
    parallelism: Number(parallelism ?? PARAMETERS.parallelism),
    tagLength: expected.length,
  };
  const nonce = salt ? Buffer.from(salt, 'base64') : Buffer.alloc(16);
  const actual = await derive('argon2id', { ...used, message: password.normalize('NFC'), nonce });
  const matches = match !== null && timingSafeEqual(actual, expected);
  const current = (Object.keys(PARAMETERS) as (keyof typeof PARAMETERS)[]).every(
    (key) => used[key] === PARAMETERS[key],
  );
  return { matches, stale: matches && !current };
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
