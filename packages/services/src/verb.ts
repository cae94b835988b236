import type { JobPayload, OutboxTopic } from '@parley/contracts/jobs';
import type { Scope, Transaction } from '@parley/db/client';
import type { Permission } from '@parley/domain/permissions';
import { Fault } from '@parley/kernel/fault';
import { newId } from '@parley/kernel/id';
import type { z } from 'zod';
import type { Context } from './context.ts';
import { asJson } from './given.ts';

/** What a write did, for the audit log. `detail` holds what was asked, never a secret. */
export interface AuditRecord {
  readonly subject: { readonly kind: string; readonly id: string | null; readonly label: string };
  readonly detail?: Record<string, unknown>;
  /** Tenant whose log it goes to; the open one unless the verb made or entered another. */
  readonly tenantId?: string;
  /** The verb this was, where one verb does the deed of another for each of many. */
  readonly action?: string;
}

/** What a verb works with inside its transaction. */
export interface Work<Input> {
  readonly tx: Transaction;
  readonly input: Input;
  readonly context: Context;
  /** Open tenant of the transaction. Throws in verbs without one, until `enter` was called. */
  readonly tenantId: string;
  /** Records what was done; a write verb that changed something must call it exactly once per change. */
  readonly audit: (record: AuditRecord) => Promise<void>;
  /** Says in the same transaction what must follow (relayed by the worker after commit). */
  readonly announce: <T extends OutboxTopic>(topic: T, payload: JobPayload<T>) => Promise<void>;
  /** Opens a tenant within this transaction: one just made, or one an invitation leads into. */
  readonly enter: (tenantId: string) => Promise<void>;
}

export interface RestBinding {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`; `{name}` is taken from the path into the input field of that name. */
  readonly path: string;
}

export type VerbKind = 'read' | 'write';

export interface VerbSpec<Input extends z.ZodType, Output extends z.ZodType, Kind extends VerbKind = VerbKind> {
  /** `<noun>.<verb>`: file, function, procedure, audit action and test share it. */
  readonly name: `${string}.${string}`;
  /** One sentence for the API document. */
  readonly summary: string;
  readonly kind: Kind;
  /** `public` needs nobody signed in; `person` any signed-in person; otherwise a permission in the open tenant. */
  readonly access: Permission | 'public' | 'person';
  readonly input: Input;
  readonly output: Output;
  /** Absent for verbs that only people use (sign-up, sign-in). */
  readonly rest?: RestBinding;
  /** Answers, or gives back what is to be done once the transaction is over. */
  readonly run: (work: Work<z.output<Input>>) => Promise<z.input<Output> | AfterCommit<z.input<Output>>>;
}

/** The rest of a verb that calls another machine: no transaction should wait for one. */
export class AfterCommit<T> {
  readonly finish: () => Promise<T>;

  constructor(finish: () => Promise<T>) {
    this.finish = finish;
  }
}

export interface Verb<Input extends z.ZodType, Output extends z.ZodType, Kind extends VerbKind = VerbKind> {
  (context: Context, input: z.input<Input>): Promise<z.output<Output>>;
  readonly spec: VerbSpec<Input, Output, Kind>;
  /** The same call for surfaces that hold unparsed input (management API, tests over the registry). */
  invoke(context: Context, raw: unknown): Promise<z.output<Output>>;
}

/** Any verb, as the registry lists it. */
export interface AnyVerb {
  readonly spec: Omit<VerbSpec<z.ZodType, z.ZodType>, 'run'>;
  invoke(context: Context, raw: unknown): Promise<unknown>;
}

/**
 * Makes a verb with the ritual every one shares: scope → parse → transaction → audit → outbox. Throws `Fault`:
 * `unauthenticated`/`forbidden` before anything is read, `invalid_input` with one issue per wrong field, and whatever the
 * verb itself raises, in which case nothing was changed.
 */
export function defineVerb<Input extends z.ZodType, Output extends z.ZodType, const Kind extends VerbKind>(
  spec: VerbSpec<Input, Output, Kind>,
): Verb<Input, Output, Kind> {
  const invoke = async (context: Context, raw: unknown): Promise<z.output<Output>> => {
    authorise(spec, context);
    const input = parse(spec, raw);
    const result = await context.db.within(scopeOf(context), async (tx) => {
      const work = new OpenWork(tx, input, context, spec.name);
      return spec.run(work);
    });
    return spec.output.parse(result instanceof AfterCommit ? await result.finish() : result);
  };
  const call = (context: Context, input: z.input<Input>): Promise<z.output<Output>> => invoke(context, input);
  return Object.assign(call, { spec, invoke });
}

function authorise(spec: { name: string; access: Permission | 'public' | 'person' }, context: Context): void {
  if (spec.access === 'public') return;
  if (spec.access === 'person') {
    if (!context.userId) throw new Fault('unauthenticated', 'Sign in first.');
    return;
  }
  if (context.actor.kind === 'anonymous') throw new Fault('unauthenticated', 'Sign in first.');
  if (!context.tenantId) throw new Fault('forbidden', 'Choose a tenant first.');
  if (!context.permissions.has(spec.access)) {
    throw new Fault(
      'forbidden',
      `This needs the permission “${spec.access}”. Ask an owner or admin of the tenant for it.`,
    );
  }
}

function parse<Input extends z.ZodType>(spec: { input: Input }, raw: unknown): z.output<Input> {
  const parsed = spec.input.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: wording(issue.message) }));
  throw new Fault('invalid_input', 'Some fields are not right.', issues);
}

/** zod's own words for a field that was left out speak of types. */
function wording(message: string): string {
  return /^Invalid input: expected .*, received undefined$/.test(message) ? 'This is needed.' : message;
}

function scopeOf(context: Context): Scope {
  return {
    ...(context.tenantId ? { tenantId: context.tenantId } : {}),
    ...(context.userId ? { userId: context.userId } : {}),
  };
}

class OpenWork<Input> implements Work<Input> {
  readonly tx: Transaction;
  readonly input: Input;
  readonly context: Context;
  readonly #action: string;
  #tenantId: string | null;

  constructor(tx: Transaction, input: Input, context: Context, action: string) {
    this.tx = tx;
    this.input = input;
    this.context = context;
    this.#action = action;
    this.#tenantId = context.tenantId;
  }

  get tenantId(): string {
    if (!this.#tenantId) throw new Fault('forbidden', 'Choose a tenant first.');
    return this.#tenantId;
  }

  // Functions of the instance, so that verbs may take them apart: `run({ tx, input, audit })`.
  readonly enter = async (tenantId: string): Promise<void> => {
    await this.tx.$executeRaw`SELECT set_config('app.tenant', ${tenantId}, true)`;
    this.#tenantId = tenantId;
  };

  readonly audit = async (record: AuditRecord): Promise<void> => {
    const { actor } = this.context;
    await this.tx.auditEntry.create({
      data: {
        tenantId: record.tenantId ?? this.tenantId,
        id: newId(),
        actorKind: actor.kind,
        actorId: actor.id,
        actorLabel: actor.label,
        action: record.action ?? this.#action,
        subjectKind: record.subject.kind,
        subjectId: record.subject.id,
        subjectLabel: record.subject.label,
        detail: asJson(record.detail ?? {}),
      },
    });
  };

  readonly announce = async <T extends OutboxTopic>(topic: T, payload: JobPayload<T>): Promise<void> => {
    await this.tx.outboxEntry.createMany({
      data: { tenantId: this.tenantId, topic, payload: asJson(payload) },
    });
  };
}
