import type { PartyFacts } from '../expressions/party-facts.ts';

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
  /** Of who calls by a party token. */
  readonly party: PartyFacts;
  readonly plan: string;
  readonly api: string;
  readonly version: string;
  readonly route: string;
  /** Only of an answer. */
  readonly response?: { readonly status: number; readonly headers: Texts };
}

/** What a step of a composition has answered. */
export interface StepResult {
  /** 0 where it was not made, or failed without an answer. */
  readonly status: number;
  readonly headers: Texts;
  readonly body: unknown;
  readonly failed: boolean;
  readonly skipped: boolean;
}

/** The facts of a composition, some steps of which have been made. */
export interface StepFacts extends MappingFacts {
  readonly steps: Readonly<Record<string, StepResult>>;
}

/** Where a template is used: only answers have a response, only steps know the steps they wait for. */
export type MappingSide = 'request' | 'answer' | { readonly steps: ReadonlySet<string> };

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
  'party.id',
  'party.kind',
  'party.role',
  'party.principal',
  'party.stage',
  'party.tier',
  'party.dataClass',
  'party.session',
  'plan',
  'api',
  'version',
  'route',
];
const OF_ANSWERS: readonly string[] = ['response.status', 'response.headers.'];

/** The path of a fact's name within {@link MappingFacts}; `null` for what there is none of. */
export function factPath(name: string, side: MappingSide): readonly string[] | null {
  if (typeof side === 'object' && name.startsWith('steps.')) return stepPath(name.split('.'), side.steps);
  const known = side === 'answer' ? [...NAMES, ...OF_ANSWERS] : NAMES;
  const found = known.find((one) =>
    one.endsWith('.') ? name.startsWith(one) && name.length > one.length : one === name,
  );
  if (found === undefined) return null;
  if (!found.endsWith('.')) return name.split('.');
  const last = name.slice(found.length);
  return [...found.slice(0, -1).split('.'), found.endsWith('headers.') ? last.toLowerCase() : last];
}

/** `steps.order.status`, `steps.order.headers.etag`, `steps.order.body.items.0.id`. */
function stepPath(path: readonly string[], steps: ReadonlySet<string>): readonly string[] | null {
  const [, step = '', part = '', ...rest] = path;
  if (!steps.has(step) || rest.includes('')) return null;
  if (part === 'body') return path;
  if (part === 'headers') return rest.length === 0 ? null : ['steps', step, part, rest.join('.').toLowerCase()];
  return part === 'status' && rest.length === 0 ? path : null;
}

/** Names that can be used, as people read them. */
export function factNames(side: MappingSide): string {
  const known = side === 'answer' ? [...NAMES, ...OF_ANSWERS] : NAMES;
  const steps = typeof side === 'object' ? [...side.steps].map((name) => `steps.${name}.body.`) : [];
  return [...known, ...steps].map((name) => (name.endsWith('.') ? `${name}…` : name)).join(', ');
}
