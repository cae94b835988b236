import { z } from 'zod';
import { optionalTimeShape, timeShape } from '../shapes.ts';

const count = z.number().int();
/** A call to try: made from the API's own reference. */
const sampleCallShape = z.object({
  publisher: z.string(),
  api: z.string(),
  name: z.string(),
  method: z.string(),
  url: z.string(),
  /** JSON text, or `null` for a call without a body. */
  body: z.string().nullable(),
});
export type SampleCall = z.input<typeof sampleCallShape>;

/** What has been done of the first steps; each is read from the real state. */
export const setupShape = z.object({
  /** A provider with a key and a model in use, or an upstream service. */
  provider: z.boolean(),
  prompt: z.boolean(),
  /** The tenant's own API that was published first. */
  published: z.object({ slug: z.string(), name: z.string() }).nullable(),
  /** The application made first. */
  application: z.object({ slug: z.string(), name: z.string() }).nullable(),
  key: z.boolean(),
  subscription: z.enum(['none', 'requested', 'approved']),
  /** APIs in the public catalogue that belong to others. */
  others: count,
  /** First answered call of one of the tenant's applications. */
  firstCallAt: optionalTimeShape,
  /** The newest call that did not succeed while none has yet. */
  lastRefusal: z.object({ id: z.uuid(), at: timeShape, status: count, code: z.string().nullable() }).nullable(),
  /** What the first call may be: an API the application is subscribed to, else one of the tenant's own. */
  sample: sampleCallShape.nullable(),
});
export type Setup = z.input<typeof setupShape>;

const figuresShape = z.object({
  requests: count,
  /** Answered 4xx or 5xx. */
  errors: count,
  /** In microseconds, from the hours' histograms; `null` without calls. */
  p95Us: z.number().nullable(),
});

export const trafficShape = z.object({
  current: figuresShape,
  previous: figuresShape,
  /** One point for each of the last 24 clock hours, the running one last. */
  hours: z.array(z.object({ at: timeShape, requests: count, errors: count })),
  /** Since the first of the month (UTC), in nano-units. */
  costThisMonth: z.array(z.object({ currency: z.string(), costNano: z.string() })),
});
export type Traffic = z.input<typeof trafficShape>;

export const errorShape = z.object({
  code: z.string().nullable(),
  status: count,
  /** Names of the APIs it happened at; empty when the calls reached none. */
  apis: z.array(z.string()),
  calls: count,
  lastAt: timeShape,
  /** Request id of the newest one. */
  lastId: z.uuid(),
});

export const overviewShape = z.object({
  /** Whose calls are counted: those to the tenant's APIs, or those of its applications. */
  view: z.enum(['published', 'consumed']),
  /** True when both views have something to show. */
  bothViews: z.boolean(),
  /** True once a call was ever recorded on either side. */
  established: z.boolean(),
  setup: setupShape,
  /** `null` without the permission usage.read. */
  traffic: trafficShape.nullable(),
  errors: z.array(errorShape),
  /** `null` without the permission approvals.read. */
  approvals: z
    .object({
      waiting: count,
      items: z.array(
        z.object({
          id: z.uuid(),
          applicant: z.string(),
          application: z.string(),
          api: z.string(),
          requestedAt: timeShape,
        }),
      ),
    })
    .nullable(),
  /** `null` without the permission audit.read. */
  audit: z
    .array(z.object({ id: z.uuid(), at: timeShape, actor: z.string(), action: z.string(), subject: z.string() }))
    .nullable(),
});
export type Overview = z.input<typeof overviewShape>;
