type Texts = Readonly<Record<string, string>>;

/** What is known of a call besides its body: plain data, which may cross to another thread. */
export interface MappingFacts {
  readonly request: {
    readonly id: string;
    readonly method: string;
    readonly path: string;
    /** Without credentials; names in lower case, several values joined by commas. */
    readonly headers: Texts;
    /** The first value of each. */
    readonly query: Texts;
    /** Parameters of the route's path. */
    readonly params: Texts;
  };
  readonly caller: {
    readonly application: string;
    readonly tenant: string;
    readonly subject: string;
    readonly scopes: readonly string[];
  };
  readonly plan: string;
  readonly api: string;
  readonly version: string;
  readonly route: string;
  /** Only of an answer. */
  readonly response?: { readonly status: number; readonly headers: Texts };
}

/** Where a template or expression is used: only answers have a response. */
export type MappingSide = 'request' | 'answer';

/** Facts by full name; those that end in a dot take a name of their own after it. */
const NAMES: readonly string[] = [
  'request.id',
  'request.method',
  'request.path',
  'request.headers.',
  'request.query.',
  'request.params.',
  'caller.application',
  'caller.tenant',
  'caller.subject',
  'plan',
  'api',
  'version',
  'route',
];
const OF_ANSWERS: readonly string[] = ['response.status', 'response.headers.'];

/** The path of a fact's name within {@link MappingFacts}; `null` for what there is none of. */
export function factPath(name: string, side: MappingSide): readonly string[] | null {
  const known = side === 'answer' ? [...NAMES, ...OF_ANSWERS] : NAMES;
  const found = known.find((one) =>
    one.endsWith('.') ? name.startsWith(one) && name.length > one.length : one === name,
  );
  if (found === undefined) return null;
  if (!found.endsWith('.')) return name.split('.');
  const last = name.slice(found.length);
  return [...found.slice(0, -1).split('.'), found.endsWith('headers.') ? last.toLowerCase() : last];
}

/** Names that can be used, as people read them. */
export function factNames(side: MappingSide): string {
  const known = side === 'answer' ? [...NAMES, ...OF_ANSWERS] : NAMES;
  return known.map((name) => (name.endsWith('.') ? `${name}…` : name)).join(', ');
}
