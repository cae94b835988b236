import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import Stripe from 'stripe';
import type { StripeSimulator } from './start.ts';

/** The vendor's own SDK against the simulator; no tries of its own unless asked for. */
export function sdkFor(simulator: StripeSimulator, options: { retries?: number; key?: string } = {}): Stripe {
  const { hostname, port } = new URL(simulator.url);
  return new Stripe(options.key ?? simulator.secretKey, {
    host: hostname,
    port,
    protocol: 'http',
    maxNetworkRetries: options.retries ?? 0,
    telemetry: false,
  });
}

export interface HeardWebhook {
  readonly body: string;
  readonly signature: string;
}

/** An address that takes webhooks; `answers` are the statuses of its first answers, 200 after them. */
export async function webhookReceiver(answers: number[] = []) {
  const heard: HeardWebhook[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      heard.push({ body, signature: String(request.headers['stripe-signature']) });
      response.writeHead(answers.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    heard,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** What a failed call of the SDK says, for comparing. */
export async function refusal(call: Promise<unknown>): Promise<Record<string, unknown>> {
  const error = await call.then(
    () => {
      throw new Error('the call was answered');
    },
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Stripe.errors.StripeError)) throw error;
  const { type, code, param, statusCode, message, decline_code: declineCode } = error;
  return { type, code, param, statusCode, message, declineCode };
}
