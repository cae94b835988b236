/** What is asked of sessions. */
export type SessionAction = 'list' | 'create' | 'view' | 'change' | 'delete' | 'turns' | 'append' | 'preview';

export interface SessionAddress {
  readonly action: SessionAction;
  /** As it stands in the address; empty for the list. */
  readonly id: string;
}

/** Methods of each kind of path. */
const ACTIONS: Readonly<Record<string, Readonly<Record<string, SessionAction>>>> = {
  '': { GET: 'list', HEAD: 'list', POST: 'create' },
  id: { GET: 'view', HEAD: 'view', PATCH: 'change', DELETE: 'delete' },
  'id turns': { GET: 'turns', HEAD: 'turns', POST: 'append' },
  'id preview': { POST: 'preview' },
};

const PATH = /^\/v1\/sessions(?:\/([^/]{1,100})(?:\/(turns|preview))?)?$/;

/** Reads a path of the gateway's own: `null` where it is none of these, the methods it takes where it does not take this one. */
export function sessionAddress(path: string, method: string): SessionAddress | { readonly allow: string } | null {
  const [whole, id = '', noun = ''] = PATH.exec(path) ?? [];
  if (whole === undefined) return null;
  const kind = `${id === '' ? '' : 'id'}${noun === '' ? '' : ` ${noun}`}`;
  const methods = ACTIONS[kind] ?? {};
  const action = Object.hasOwn(methods, method) ? methods[method] : undefined;
  return action === undefined ? { allow: Object.keys(methods).join(', ') } : { action, id };
}
