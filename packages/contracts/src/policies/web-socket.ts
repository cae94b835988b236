import { z } from 'zod';

const perSecond = (what: string) => z.int().min(1).max(100_000).optional().describe(what);

/** What a WebSocket through the gateway may do (RFC 6455). A route with this policy takes WebSockets and nothing else. */
export const webSocketPolicy = z.strictObject({
  maxMessageBytes: z
    .int()
    .min(1)
    .max(1_073_741_824)
    .default(1_048_576)
    .describe('Largest message either side may send, in bytes; a larger one ends the connection with code 1009.'),
  messagesPerSecond: perSecond(
    'Messages a second the caller may send, and as many at once after a quiet second; unbounded when empty.',
  ),
  answersPerSecond: perSecond('Messages a second the upstream may send; unbounded when empty.'),
  idleSeconds: z
    .int()
    .min(1)
    .max(86_400)
    .default(300)
    .describe('Seconds without a message either way after which the connection ends.'),
  maxSeconds: z
    .int()
    .min(1)
    .max(604_800)
    .default(3600)
    .describe('Longest life of a connection, in seconds; callers connect again after it.'),
  connectionsPerApplication: z
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .describe('Connections an application may have open at once on this route, on all gateway nodes together.'),
  countMessages: z
    .boolean()
    .default(false)
    .describe(
      'Count each message of the caller against the plan and the limits, as a call is; else a connection is one.',
    ),
  browserKeys: z
    .boolean()
    .default(false)
    .describe('Take the key also from a subprotocol “parley-key.…”: browsers cannot send headers with a WebSocket.'),
});
export type WebSocketPolicy = z.output<typeof webSocketPolicy>;
