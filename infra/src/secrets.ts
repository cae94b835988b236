import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { DataFolder } from './data-folder.ts';

const secretsSchema = z.object({
  /** Ties data kept outside this folder to it: data of another installation cannot be read with these secrets. */
  installation: z.uuid(),
  postgresOwner: z.string(),
  postgresApp: z.string(),
  postgresWorker: z.string(),
  redis: z.string(),
  masterKey: z.string(),
  keyPepper: z.string(),
  internalSecret: z.string(),
  nextAuthSecret: z.string(),
  /** What the Stripe simulator signs its webhooks with. */
  stripeWebhook: z.string(),
});
export type Secrets = z.infer<typeof secretsSchema>;

/** Kept by releases before a secret was known; what is missing is made and kept. */
const keptSchema = secretsSchema.partial({ internalSecret: true, stripeWebhook: true });

const FILE = 'secrets.json';

type Given = Readonly<Partial<Record<keyof Secrets, string | null>>>;

/**
 * The secrets of this data folder, made at the first start and kept from then on; those the operator gives take their
 * place and are not written down.
 */
export function keptSecrets(folder: DataFolder, given: Given): Secrets {
  const kept = folder.read(FILE, keptSchema);
  const secrets = kept ? completed(folder, kept) : newSecrets(folder);
  const own = Object.entries(given).filter(([, value]) => typeof value === 'string');
  return { ...secrets, ...Object.fromEntries(own) };
}

function completed(folder: DataFolder, kept: z.infer<typeof keptSchema>): Secrets {
  const { internalSecret, stripeWebhook } = kept;
  if (internalSecret !== undefined && stripeWebhook !== undefined) return { ...kept, internalSecret, stripeWebhook };
  const secrets = {
    ...kept,
    internalSecret: internalSecret ?? randomBytes(32).toString('base64'),
    stripeWebhook: stripeWebhook ?? webhookSecret(),
  };
  folder.write(FILE, secrets);
  return secrets;
}

function newSecrets(folder: DataFolder): Secrets {
  const secrets: Secrets = {
    installation: randomUUID(),
    postgresOwner: password(),
    postgresApp: password(),
    postgresWorker: password(),
    redis: password(),
    masterKey: randomBytes(32).toString('base64'),
    keyPepper: randomBytes(32).toString('base64'),
    internalSecret: randomBytes(32).toString('base64'),
    nextAuthSecret: randomBytes(32).toString('base64'),
    stripeWebhook: webhookSecret(),
  };
  folder.write(FILE, secrets);
  return secrets;
}

/** In the form of Stripe's signing secrets. */
function webhookSecret(): string {
  return `whsec_${password()}`;
}

/** 192 random bits that need no escaping in a URL. */
function password(): string {
  return randomBytes(24).toString('base64url');
}
