import type { Action, Party } from './token-words.ts';

/** One row of the table of permissions as it is typed. */
export interface PermissionRow {
  readonly row: number;
  readonly party: string;
  readonly actions: readonly Action[];
  /** Patterns, separated by spaces. */
  readonly resources: string;
}

export interface PartyRow {
  readonly row: number;
  readonly id: string;
  readonly kind: Party['kind'];
  readonly role: string;
}

/** In the place of a session: those the token opens itself. */
export const OWN = 'own';

/** What a token is asked for with, as it is typed. */
export interface TokenForm {
  readonly parties: readonly PartyRow[];
  readonly permissions: readonly PermissionRow[];
  readonly acting: string;
  readonly principal: string;
  /** `publisher/api` */
  readonly apis: readonly string[];
  /** `ses_…`, `own` for those it opens itself (PT-6.8), or nothing. */
  readonly session: string;
  readonly uses: string;
  readonly minutes: string;
}

interface Template {
  readonly slug: string;
  readonly name: string;
  readonly does: string;
  readonly parties: readonly Omit<PartyRow, 'row'>[];
  readonly permissions: readonly { readonly party: string; readonly actions: readonly Action[]; readonly on: On }[];
  readonly acting: string;
  readonly principal: string;
  readonly uses: string;
  readonly minutes: string;
}

/** What a template's permission is about: filled in with what the application may call. */
type On = 'apis' | 'session' | `party:${string}`;

const TALK: readonly Action[] = ['session:read', 'session:append'];

/** Where to begin; everything of it can be changed. */
export const TEMPLATES: readonly Template[] = [
  {
    slug: 'visitor',
    name: 'A visitor in a browser',
    does: 'One person who asks models a few times, without a key in the page.',
    parties: [{ id: 'visitor', kind: 'user', role: 'visitor' }],
    permissions: [{ party: 'visitor', actions: ['model:ask', 'prompt:run'], on: 'apis' }],
    acting: 'visitor',
    principal: 'visitor',
    uses: '20',
    minutes: '15',
  },
  {
    slug: 'assistant',
    name: 'An assistant for a customer',
    does: 'An agent acts for a customer and goes on with their conversation.',
    parties: [
      { id: 'customer', kind: 'user', role: 'customer' },
      { id: 'assistant', kind: 'agent', role: 'assistant' },
    ],
    permissions: [
      { party: 'assistant', actions: ['model:ask', 'prompt:run'], on: 'apis' },
      { party: 'assistant', actions: TALK, on: 'session' },
    ],
    acting: 'assistant',
    principal: 'customer',
    uses: '',
    minutes: '60',
  },
  {
    slug: 'hand-over',
    name: 'An assistant that can hand over',
    does: 'The same, and the assistant may have a person of the desk act in its place.',
    parties: [
      { id: 'customer', kind: 'user', role: 'customer' },
      { id: 'assistant', kind: 'agent', role: 'assistant' },
      { id: 'desk', kind: 'user', role: 'support' },
    ],
    permissions: [
      { party: 'assistant', actions: ['model:ask', 'prompt:run'], on: 'apis' },
      { party: 'assistant', actions: TALK, on: 'session' },
      { party: 'assistant', actions: ['token:exchange'], on: 'party:desk' },
      { party: 'desk', actions: ['model:ask'], on: 'apis' },
      { party: 'desk', actions: TALK, on: 'session' },
    ],
    acting: 'assistant',
    principal: 'customer',
    uses: '',
    minutes: '480',
  },
  {
    slug: 'reader',
    name: 'A service that only reads',
    does: 'A service that reads from APIs for a quarter of an hour, and changes nothing.',
    parties: [{ id: 'reader', kind: 'service', role: 'reader' }],
    permissions: [{ party: 'reader', actions: ['api:read'], on: 'apis' }],
    acting: 'reader',
    principal: 'reader',
    uses: '100',
    minutes: '15',
  },
];

/** An API that the application may call. */
export interface OpenApi {
  /** `publisher/api` */
  readonly name: string;
  readonly kind: string;
}

let rows = 0;
export const nextRow = (): number => ++rows;

/** Patterns for what a permission of these actions needs of these APIs. */
export function resourcesFor(actions: readonly Action[], apis: readonly OpenApi[]): string {
  const asked = (kind: string): boolean => actions.some((action) => action.startsWith(`${kind}:`));
  const patterns = apis.flatMap(({ name, kind }) => {
    if (kind === 'llm') return asked('model') ? [`model:${name.split('/')[0]}/*`] : [];
    return asked(kind === 'prompt' ? 'prompt' : 'api') ? [`api:${name}/**`] : [];
  });
  return [...new Set(patterns)].join(' ');
}

/** A form filled in from a template, with what the application may call. */
export function filledIn(template: Template, apis: readonly OpenApi[], session: string): TokenForm {
  const on: Readonly<Record<string, (actions: readonly Action[]) => string>> = {
    apis: (actions) => resourcesFor(actions, apis),
    session: () => (session && session !== OWN ? `session:${session}` : 'session:*'),
  };
  return {
    parties: template.parties.map((party) => ({ ...party, row: nextRow() })),
    permissions: template.permissions.map(({ party, actions, on: about }) => ({
      row: nextRow(),
      party,
      actions,
      resources: on[about]?.(actions) ?? about,
    })),
    acting: template.acting,
    principal: template.principal,
    apis: apis.map(({ name }) => name),
    session,
    uses: template.uses,
    minutes: template.minutes,
  };
}

/** The body of `POST /v1/party-tokens` that a form stands for (PT-5.1). */
export function requestOf(form: TokenForm): Record<string, unknown> {
  const session = form.session.trim();
  const parties = form.parties.map(({ id, kind, role }) => {
    const permissions = form.permissions
      .filter((row) => row.party === id && row.actions.length > 0)
      .map(({ actions, resources }) => ({ actions, resources: resources.split(/\s+/).filter(Boolean) }))
      .filter(({ resources }) => resources.length > 0);
    return { id, kind, ...(role.trim() ? { role: role.trim() } : {}), ...(permissions.length ? { permissions } : {}) };
  });
  return {
    parties,
    acting: form.acting,
    on_behalf_of: form.principal,
    audience: { apis: form.apis, ...(session ? { sessions: [session] } : {}) },
    ...(session && session !== OWN ? { ctx: session } : {}),
    ...(form.uses.trim() ? { allowance: { uses: Number(form.uses) } } : {}),
    expires_in: Math.round(Number(form.minutes) * 60),
  };
}
