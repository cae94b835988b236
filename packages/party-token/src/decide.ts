import { actingId, DATA_CLASSES, type DataClass, type Party, type PartyClaims } from './claims.ts';
import type { Action, Condition, Permission, Rule } from './permission.ts';
import { fits } from './resource.ts';

/** What somebody wants to do. */
export interface Question {
  readonly action: Action;
  /** `api:publisher/api/version/path`, `model:publisher/model`, `session:ses_…`, `party:id`. */
  readonly resource: string;
  /** The member of `aud` that it belongs to; `null` for what has none. */
  readonly audience: string | null;
  /** The class of the data, where it is known. */
  readonly data?: DataClass | undefined;
}

/** What was decided, and by what (PT-4.6). */
export interface Decision {
  readonly allowed: boolean;
  readonly rule: string;
  /** A sentence for people. */
  readonly because: string;
}

type Manifest = Pick<PartyClaims, 'aud' | 'sub' | 'act' | 'parties' | 'rules' | 'stage' | 'data'>;

/** Decides by a token's own table (PT-4.5): audience, class of data, denials, permissions, allowances; else no. */
export function decide(token: Manifest, question: Question): Decision {
  const { audience, data, action, resource } = question;
  if (audience !== null && !token.aud.includes(audience)) return no('audience', 'The token is not for this.');
  if (data !== undefined && token.data !== undefined && rank(data) > rank(token.data)) {
    return no('data', `The token opens data up to ${token.data}; this is ${data}.`);
  }
  const id = actingId(token);
  const at = token.parties.findIndex((party) => party.id === id);
  const acting = token.parties[at];
  if (acting === undefined) return no('default', 'Nobody acts.');
  const rules = token.rules ?? [];
  for (const [i, rule] of rules.entries()) {
    if (rule.effect === 'deny' && concerns(rule, acting) && permits(rule, token, action, resource)) {
      return no(named(`rules[${i}]`, rule), 'A rule denies it.');
    }
  }
  for (const [i, permission] of (acting.permissions ?? []).entries()) {
    if (permits(permission, token, action, resource)) {
      return yes(named(`parties[${at}].permissions[${i}]`, permission), 'A permission of the acting party allows it.');
    }
  }
  for (const [i, rule] of rules.entries()) {
    if (rule.effect === 'allow' && concerns(rule, acting) && permits(rule, token, action, resource)) {
      return yes(named(`rules[${i}]`, rule), 'A rule allows it.');
    }
  }
  return no('default', `Nothing allows ${acting.id} to ${action} this.`);
}

const rank = (data: DataClass): number => DATA_CLASSES.indexOf(data);
const no = (rule: string, because: string): Decision => ({ allowed: false, rule, because });
const yes = (rule: string, because: string): Decision => ({ allowed: true, rule, because });

function named(place: string, { name }: Permission): string {
  return name === undefined ? place : `${place} (${name})`;
}

function concerns({ who }: Rule, party: Party): boolean {
  if (who === undefined) return true;
  return (
    (who.kinds?.includes(party.kind) ?? true) &&
    (who.roles === undefined || (party.role !== undefined && who.roles.includes(party.role))) &&
    (who.ids?.includes(party.id) ?? true)
  );
}

function permits({ actions, resources, when }: Permission, token: Manifest, action: Action, resource: string): boolean {
  return (
    actions.some((one) => one === action || coversAction(one, action)) &&
    resources.some((pattern) => fits(pattern, resource)) &&
    (when === undefined || holds(when, token))
  );
}

/** Whether an action, or `kind:*`, or `*`, includes another (PT-4.2). */
export function coversAction(outer: string, inner: string): boolean {
  return outer === '*' || outer === inner || (outer.endsWith(':*') && inner.startsWith(outer.slice(0, -1)));
}

function holds({ stages, present, kindsPresent, absent }: Condition, { stage, parties }: Manifest): boolean {
  if (stages !== undefined && (stage === undefined || !stages.includes(stage))) return false;
  if (present?.some((role) => !parties.some((party) => party.role === role))) return false;
  if (kindsPresent?.some((kind) => !parties.some((party) => party.kind === kind))) return false;
  return !absent?.some((role) => parties.some((party) => party.role === role));
}
