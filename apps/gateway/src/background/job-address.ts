/** What is asked of calls that are answered later, and of streams that are taken up again. */
export type JobAction = 'list' | 'view' | 'result' | 'cancel' | 'forget' | 'resume';

export interface JobAddress {
  readonly action: JobAction;
  /** As it stands in the address; empty for the list. */
  readonly id: string;
  /** In OpenAI's form: the job is a response. */
  readonly response: boolean;
}

/** Methods of each kind of path. */
const ACTIONS: Readonly<Record<string, Readonly<Record<string, JobAction>>>> = {
  'jobs ': { GET: 'list', HEAD: 'list' },
  'jobs id': { GET: 'view', HEAD: 'view', DELETE: 'cancel' },
  'jobs id result': { GET: 'result', HEAD: 'result' },
  'jobs id cancel': { POST: 'cancel' },
  'streams id': { GET: 'resume' },
  'responses id': { GET: 'view', HEAD: 'view', DELETE: 'forget' },
  'responses id cancel': { POST: 'cancel' },
};

const PATH = /^(?:\/v1)?\/(jobs|streams|responses)(?:\/([^/]{1,100}))?(?:\/(result|cancel))?$/;

/**
 * Reads a path below an API's address, or the gateway's own: `null` where it is none of these, the methods it takes where it
 * does not take this one.
 */
export function jobAddress(rest: string, method: string): JobAddress | { readonly allow: string } | null {
  const [whole, noun = '', id = '', verb = ''] = PATH.exec(rest) ?? [];
  if (whole === undefined || (id === '' && verb !== '')) return null;
  const kind = `${noun} ${id === '' ? '' : 'id'}${verb === '' ? '' : ` ${verb}`}`;
  const methods = Object.hasOwn(ACTIONS, kind) ? ACTIONS[kind] : undefined;
  if (methods === undefined) return null;
  const action = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (action === undefined) return { allow: Object.keys(methods).join(', ') };
  return { action, id, response: noun === 'responses' };
}
