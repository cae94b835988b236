import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  type ApiSnapshot,
  type ApplicationSnapshot,
  apiSnapshotSchema,
  apiVersionSnapshotSchema,
  applicationSnapshotSchema,
  contractSnapshotSchema,
  formattedProviderSnapshotSchema,
  keySnapshotSchema,
  modelSnapshotSchema,
  providerSnapshotSchema,
  routeSnapshotSchema,
  subscriptionSnapshotSchema,
  type TenantSnapshot,
  tenantSnapshotSchema,
  upstreamSnapshotSchema,
} from './snapshot.ts';

/**
 * Large documents of the snapshot in parts: each part is a text named by its hash, a manifest says which make up the
 * document. A gateway fetches, reads and compiles the parts it does not hold, so a change costs what has changed. The
 * whole document is published beside them: for gateways of the release before, and as the last word on what is in force.
 */

/** Documents shorter than this many bytes are published whole only: reading them costs no more than their manifest. */
export const WHOLE_BELOW_BYTES = 8192;

const hash = z.string().min(1).max(64);
const hashes = z.array(hash);

/** What a part holds, by kind. Lists of many small things are cut into several parts. */
export const PARTS = {
  upstream: upstreamSnapshotSchema,
  provider: providerSnapshotSchema,
  formattedProvider: formattedProviderSnapshotSchema,
  model: modelSnapshotSchema,
  api: apiSnapshotSchema.omit({ versions: true }),
  /** Of a REST version without its routes. */
  version: apiVersionSnapshotSchema.omit({ contract: true }),
  contract: contractSnapshotSchema,
  routes: z.array(routeSnapshotSchema),
  keys: z.array(keySnapshotSchema),
  subscriptions: z.array(subscriptionSnapshotSchema),
} as const;
export type PartKind = keyof typeof PARTS;
export type Part<K extends PartKind> = z.infer<(typeof PARTS)[K]>;

const versionPartsSchema = z.object({
  part: hash,
  /** Names joined by spaces: thousands of routes stay one text to whoever finds it unchanged. */
  routes: z.string(),
  contract: hash.optional(),
});
export type VersionParts = z.infer<typeof versionPartsSchema>;
const apiPartsSchema = z.object({ part: hash, versions: z.array(versionPartsSchema) });
export type ApiParts = z.infer<typeof apiPartsSchema>;

export const tenantManifestSchema = z.object({
  version: z.number().int(),
  /** What is not in parts. */
  rest: tenantSnapshotSchema.omit({
    version: true,
    upstreams: true,
    providers: true,
    formattedProviders: true,
    models: true,
    apis: true,
  }),
  upstreams: hashes,
  providers: hashes,
  formattedProviders: hashes.optional(),
  models: hashes,
  apis: z.array(apiPartsSchema),
});
export type TenantManifest = z.infer<typeof tenantManifestSchema>;

export const applicationManifestSchema = z.object({
  version: z.number().int(),
  rest: applicationSnapshotSchema.omit({ version: true, keys: true, subscriptions: true }),
  keys: hashes,
  subscriptions: hashes,
});
export type ApplicationManifest = z.infer<typeof applicationManifestSchema>;

/** A document as it is stored in parts. */
export interface DocumentInParts {
  /** JSON of its manifest. */
  readonly manifest: string;
  /** JSON of each part by its hash. */
  readonly parts: ReadonlyMap<string, string>;
}

/** Items in a part of a list, about. */
const ITEMS = 16;
const MOST_ITEMS = 4 * ITEMS;

/** 96 bits: parts of different documents are kept apart, so nobody meets another's. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

/** Whether a list is cut after this item. Told by the item alone: one that comes or goes moves no cut but its own. */
function cutsAfter(text: string): boolean {
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum = (Math.imul(sum, 31) + text.charCodeAt(at)) | 0;
  return ((sum ^ (sum >>> 15)) & (ITEMS - 1)) === 0;
}

class Parts {
  readonly texts = new Map<string, string>();

  #keep(text: string): string {
    const name = hashOf(text);
    this.texts.set(name, text);
    return name;
  }

  one(value: unknown): string {
    return this.#keep(JSON.stringify(value));
  }

  each(items: readonly unknown[]): string[] {
    return items.map((item) => this.one(item));
  }

  /** A list in parts of several items each. */
  list(items: readonly unknown[]): string[] {
    const names: string[] = [];
    let texts: string[] = [];
    for (const [at, item] of items.entries()) {
      const text = JSON.stringify(item);
      texts.push(text);
      if (at < items.length - 1 && texts.length < MOST_ITEMS && !cutsAfter(text)) continue;
      names.push(this.#keep(`[${texts.join(',')}]`));
      texts = [];
    }
    return names;
  }

  api({ versions, ...api }: ApiSnapshot): ApiParts {
    return {
      part: this.one(api),
      versions: versions.map(({ contract, target, ...version }) => {
        const routes = target.kind === 'rest' ? this.list(target.routes) : [];
        const part = this.one({ ...version, target: target.kind === 'rest' ? { ...target, routes: [] } : target });
        return { part, routes: routes.join(' '), ...(contract === undefined ? {} : { contract: this.one(contract) }) };
      }),
    };
  }
}

/** Takes a publisher's document apart. */
export function splitTenant(doc: TenantSnapshot): DocumentInParts {
  const { version, upstreams, providers, formattedProviders, models, apis, ...rest } = doc;
  const parts = new Parts();
  const manifest: TenantManifest = {
    version,
    rest,
    upstreams: parts.each(upstreams),
    providers: parts.each(providers),
    ...(formattedProviders === undefined ? {} : { formattedProviders: parts.each(formattedProviders) }),
    models: parts.each(models),
    apis: apis.map((api) => parts.api(api)),
  };
  return { manifest: JSON.stringify(manifest), parts: parts.texts };
}

/** Takes a caller's document apart. */
export function splitApplication(doc: ApplicationSnapshot): DocumentInParts {
  const { version, keys, subscriptions, ...rest } = doc;
  const parts = new Parts();
  const manifest: ApplicationManifest = {
    version,
    rest,
    keys: parts.list(keys),
    subscriptions: parts.list(subscriptions),
  };
  return { manifest: JSON.stringify(manifest), parts: parts.texts };
}

const LEADING_VERSION = /^\{"version":(\d+)[,}]/;

/** The version that a whole document's (or a manifest's) JSON begins with; `null` when it does not. */
export function leadingVersion(json: string): number | null {
  const [, digits] = LEADING_VERSION.exec(json) ?? [];
  return digits === undefined ? null : Number(digits);
}
