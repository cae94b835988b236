import type {
  ApiSnapshot,
  ApiVersionSnapshot,
  ApplicationSnapshot,
  RouteSnapshot,
  TenantSnapshot,
} from '@parley/contracts/snapshot';
import {
  applicationManifestSchema,
  PARTS,
  type Part,
  type PartKind,
  tenantManifestSchema,
  type VersionParts,
} from '@parley/contracts/snapshot-parts';
import { shareUnchanged } from './share.ts';
import type { Slices } from './slices.ts';

/** A part that is wanted: its kind and its name. */
type Wanted = readonly [PartKind, string];
/** Parts, read and checked, by `kind:name`. */
type Values = ReadonlyMap<string, unknown>;

/** Reads texts of parts by name; `null` for what is not there any more. */
export type FetchParts = (names: readonly string[]) => Promise<readonly (string | null)[]>;

interface HeldVersion {
  readonly doc: ApiVersionSnapshot;
  readonly values: Values;
}

/** What is held of a document in parts: taken over by the next version of it as far as that names the same. */
export interface HeldParts {
  /** JSON of the manifest. */
  readonly manifest: string;
  /** What is in the manifest itself, in no part. */
  readonly rest: unknown;
  /** Parts of the document itself. */
  readonly values: Values;
  /** API versions with their parts, by the names of all these. */
  readonly versions: ReadonlyMap<string, HeldVersion>;
}

/** All parts of a document by `kind:name`. */
export function* partsOf({ values, versions }: HeldParts): Generator<[string, unknown]> {
  yield* values;
  for (const version of versions.values()) yield* version.values;
}

export interface ReadParts<D> {
  readonly doc: D;
  readonly held: HeldParts;
  /** Texts of parts that were not held before, by `kind:name`. */
  readonly fresh: ReadonlyMap<string, string>;
}

const idOf = ([kind, name]: Wanted): string => `${kind}:${name}`;

function one<K extends PartKind>(values: Values, kind: K, name: string): Part<K> {
  // Under this name stands what the schema of its kind has read.
  return values.get(idOf([kind, name])) as Part<K>;
}

/** Reads parts that are not held, and checks them. */
class Reading {
  readonly fresh = new Map<string, string>();
  readonly #fetch: FetchParts;
  readonly #slices: Slices;

  constructor(fetch: FetchParts, slices: Slices) {
    this.#fetch = fetch;
    this.#slices = slices;
  }

  /** Takes over from `before` or fetches what is wanted. `null` when parts are gone: the manifest has been replaced. */
  async gather(wanted: readonly Wanted[], before: Values | undefined): Promise<Map<string, unknown> | null> {
    const values = new Map<string, unknown>();
    const missing = new Map<string, Wanted>();
    for (const part of wanted) {
      const id = idOf(part);
      const known = before?.get(id);
      if (known === undefined) missing.set(id, part);
      values.set(id, known);
    }
    if (missing.size === 0) return values;
    const texts = await this.#slices.wait(this.#fetch(Array.from(missing.values(), ([, name]) => name)));
    let at = 0;
    for (const [id, [kind]] of missing) {
      const text = texts[at++] ?? null;
      if (text === null) return null;
      values.set(id, PARTS[kind].parse(JSON.parse(text)));
      this.fresh.set(id, text);
      const turn = this.#slices.pause();
      if (turn !== null) await turn;
    }
    return values;
  }
}

const each = (kind: PartKind, names: readonly string[]): Wanted[] => names.map((name): Wanted => [kind, name]);
const listed = (names: string): string[] => (names === '' ? [] : names.split(' '));
const keyOf = ({ part, routes, contract = '' }: VersionParts): string => `${part} ${contract} ${routes}`;

/** Makes routes that are the same as before, in parts that have changed, the same objects. */
function shareRoutes(names: readonly string[], values: Map<string, unknown>, formerly: Values | undefined): void {
  const left = new Map<string, RouteSnapshot>();
  for (const [id, part] of formerly ?? []) {
    if (!id.startsWith('routes:') || values.has(id)) continue;
    // Under these names stands what the schema of routes has read.
    for (const route of part as Part<'routes'>) left.set(route.id, route);
  }
  if (left.size === 0) return;
  for (const name of names) {
    const id = idOf(['routes', name]);
    if (formerly?.has(id)) continue;
    const routes = one(values, 'routes', name);
    values.set(
      id,
      routes.map((route) => shareUnchanged(left.get(route.id), route)),
    );
  }
}

/** A version that has changed; `formerly` the parts of one that it may share routes with. */
async function readVersion(
  reading: Reading,
  parts: VersionParts,
  formerly: Values | undefined,
): Promise<HeldVersion | null> {
  const names = listed(parts.routes);
  const contract = parts.contract === undefined ? [] : each('contract', [parts.contract]);
  const wanted = [...each('version', [parts.part]), ...contract, ...each('routes', names)];
  const values = await reading.gather(wanted, formerly);
  if (values === null) return null;
  shareRoutes(names, values, formerly);
  const { target, ...version } = one(values, 'version', parts.part);
  const doc: ApiVersionSnapshot = {
    ...version,
    ...(parts.contract === undefined ? {} : { contract: one(values, 'contract', parts.contract) }),
    target:
      target.kind === 'rest' ? { ...target, routes: names.flatMap((name) => one(values, 'routes', name)) } : target,
  };
  return { doc, values };
}

/** Values of all versions that are not among those named, where changed ones may find what they share with them. */
function replaced(before: HeldParts | null, keys: ReadonlySet<string>): Values | undefined {
  const gone = [...(before?.versions ?? [])].filter(([key]) => !keys.has(key));
  if (gone.length < 2) return gone[0]?.[1].values;
  return new Map(gone.flatMap(([, { values }]) => [...values]));
}

type NamedApi = readonly [part: string, versions: ReadonlyMap<string, VersionParts>];

async function readVersions(
  reading: Reading,
  apis: readonly NamedApi[],
  before: HeldParts | null,
): Promise<Map<string, HeldVersion> | null> {
  const formerly = replaced(before, new Set(apis.flatMap(([, versions]) => [...versions.keys()])));
  const held = new Map<string, HeldVersion>();
  for (const [, versions] of apis) {
    for (const [key, parts] of versions) {
      const version = before?.versions.get(key) ?? (await readVersion(reading, parts, formerly));
      if (version === null) return null;
      held.set(key, version);
    }
  }
  return held;
}

/** Puts a publisher's document together. `null` when the manifest is out of date; throws for what is unusable. */
export async function readTenantParts(
  json: string,
  before: HeldParts | null,
  fetch: FetchParts,
  slices: Slices,
): Promise<ReadParts<TenantSnapshot> | null> {
  const manifest = tenantManifestSchema.parse(JSON.parse(json));
  const reading = new Reading(fetch, slices);
  const wanted = [
    ...each('upstream', manifest.upstreams),
    ...each('provider', manifest.providers),
    ...each('formattedProvider', manifest.formattedProviders ?? []),
    ...each('model', manifest.models),
    ...manifest.apis.map(({ part }): Wanted => ['api', part]),
  ];
  const values = await reading.gather(wanted, before?.values);
  const named = manifest.apis.map(
    ({ part, versions }): NamedApi => [part, new Map(versions.map((version) => [keyOf(version), version]))],
  );
  const versions = await readVersions(reading, named, before);
  if (values === null || versions === null) return null;
  const apis = named.map(([part, inside]): ApiSnapshot => {
    const docs = Array.from(inside.keys(), (key) => versions.get(key)?.doc).filter((doc) => doc !== undefined);
    return { ...one(values, 'api', part), versions: docs };
  });
  const rest = shareUnchanged(before?.rest, manifest.rest);
  const doc = {
    version: manifest.version,
    ...rest,
    upstreams: manifest.upstreams.map((name) => one(values, 'upstream', name)),
    providers: manifest.providers.map((name) => one(values, 'provider', name)),
    ...(manifest.formattedProviders === undefined
      ? {}
      : { formattedProviders: manifest.formattedProviders.map((name) => one(values, 'formattedProvider', name)) }),
    models: manifest.models.map((name) => one(values, 'model', name)),
    apis,
  };
  return { doc, held: { manifest: json, rest, values, versions }, fresh: reading.fresh };
}

/** Puts a caller's document together. `null` when the manifest is out of date; throws for what is unusable. */
export async function readApplicationParts(
  json: string,
  before: HeldParts | null,
  fetch: FetchParts,
  slices: Slices,
): Promise<ReadParts<ApplicationSnapshot> | null> {
  const manifest = applicationManifestSchema.parse(JSON.parse(json));
  const reading = new Reading(fetch, slices);
  const wanted = [...each('keys', manifest.keys), ...each('subscriptions', manifest.subscriptions)];
  const values = await reading.gather(wanted, before?.values);
  if (values === null) return null;
  const doc = {
    version: manifest.version,
    ...manifest.rest,
    keys: manifest.keys.flatMap((name) => one(values, 'keys', name)),
    subscriptions: manifest.subscriptions.flatMap((name) => one(values, 'subscriptions', name)),
  };
  return { doc, held: { manifest: json, rest: null, values, versions: new Map() }, fresh: reading.fresh };
}
