import { createPrivateKey } from 'node:crypto';
import type { ProviderFormat } from '@parley/contracts/provider-format';
import { GOOGLE_TOKEN_URI } from '@parley/llm/providers/google-auth';
import { z } from 'zod';
import { wrongField } from '../conflict.ts';
import { checkBaseUrl } from '../outbound/base-url.ts';
import { maskSecret } from '../sealing/tenant-data-key.ts';

/** Everything a key may be when it arrives; its format decides what it must be. */
export const secretInput = z.string().trim().min(1, 'Paste the key.').max(20_000, 'At most 20,000 characters.');

/** A key as it is sealed, and what is shown of it. */
interface CheckedKey {
  readonly secret: string;
  readonly masked: string;
}

const awsKey = z.object({
  accessKeyId: z.string().regex(/^[A-Z0-9]{16,128}$/),
  secretAccessKey: z.string().regex(/^[\x21-\x7e]{16,200}$/),
  sessionToken: z
    .string()
    .regex(/^[\x21-\x7e]{1,8000}$/)
    .optional(),
});

/**
 * Only what a token is asked for with. A token address of its own is called as a base URL would be; what is sent there is good
 * for that address alone.
 */
const serviceAccount = z.object({
  type: z.literal('service_account'),
  project_id: z.string().max(200).optional(),
  private_key_id: z.string().max(200).optional(),
  private_key: z.string().includes('-----BEGIN PRIVATE KEY-----').max(10_000),
  client_email: z.email().max(300),
  token_uri: z.string().max(500).optional(),
});

function checkServiceAccount(text: string, allowedPrivate: readonly string[]): CheckedKey {
  const given = parsed(serviceAccount, text);
  if (!given || !isPrivateKey(given.private_key)) {
    throw wrongField('secret', 'Paste the service account’s whole JSON file, as Google Cloud lets you download it.');
  }
  const { token_uri, ...account } = given;
  const asked =
    token_uri === undefined || token_uri === GOOGLE_TOKEN_URI
      ? {}
      : { token_uri: checkBaseUrl(token_uri, allowedPrivate, 'secret') };
  return { secret: JSON.stringify({ ...account, ...asked }), masked: account.client_email };
}

function isPrivateKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

/**
 * Checks a provider's key for its format. Throws `Fault('invalid_input')` beside `secret`, without quoting it.
 * `allowedPrivate`: the operator's allow-list, for addresses that a key names.
 */
export function keyOfFormat(format: ProviderFormat, text: string, allowedPrivate: readonly string[]): CheckedKey {
  if (format === 'vertex') return checkServiceAccount(text, allowedPrivate);
  if (format === 'bedrock' && text.startsWith('{')) {
    const key = parsed(awsKey, text);
    if (!key) throw wrongField('secret', 'Write {"accessKeyId": "…", "secretAccessKey": "…"}, or a Bedrock API key.');
    return { secret: JSON.stringify(key), masked: maskSecret(key.accessKeyId) };
  }
  if (text.length > 4000) throw wrongField('secret', 'At most 4,000 characters.');
  if (!/^[\x21-\x7e]+$/.test(text)) {
    throw wrongField('secret', 'A key holds no spaces or special characters. Was more than the key copied?');
  }
  return { secret: text, masked: maskSecret(text) };
}

function parsed<T>(shape: z.ZodType<T>, text: string): T | null {
  try {
    const outcome = shape.safeParse(JSON.parse(text));
    return outcome.success ? outcome.data : null;
  } catch {
    return null;
  }
}
