import { z } from 'zod';

/** `.parley/run.json`: where a running `npm start` can be reached, for scripts and end-to-end tests. */
export const runFileSchema = z.object({
  portalUrl: z.url(),
  gatewayUrl: z.url(),
  simulatorUrl: z.url(),
  /** `null`: Stripe itself is used, or nothing. */
  stripeSimulatorUrl: z.url().nullable(),
  mailUrl: z.url(),
  databaseUrl: z.string(),
  redisUrl: z.string(),
  pids: z.record(z.string(), z.number().int()),
  demo: z.object({
    tenant: z.string(),
    users: z.array(z.object({ email: z.string(), password: z.string(), role: z.string(), tenant: z.string() })),
    managementToken: z.string(),
    apiKey: z.string(),
    endpoints: z.array(z.object({ name: z.string(), method: z.string(), url: z.url(), example: z.string() })),
  }),
});
export type RunFile = z.infer<typeof runFileSchema>;
