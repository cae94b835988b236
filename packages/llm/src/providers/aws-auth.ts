import type { ProviderSettings } from '@parley/contracts/provider-format';
import { isObject, parseJson, textOf } from '../object.ts';
import { type AwsCredentials, signRequest } from './sigv4.ts';

/** A request to AWS, as it is about to be sent. */
export interface AwsRequest {
  /** `https://bedrock-runtime.eu-central-1.amazonaws.com`. */
  readonly origin: string;
  /** With the query, if any. */
  readonly path: string;
  readonly body: string;
}

const REGION_IN_HOST = /\.([a-z]{2}(?:-[a-z]+)+-\d)\.(?:amazonaws\.com|api\.aws)/;

/** The key as people have it: the JSON of AWS's own tools; `null` for a Bedrock API key, which is one word. */
function credentialsOf(key: string): AwsCredentials | null {
  const given = parseJson(key);
  if (!isObject(given)) return null;
  const accessKeyId = textOf(given.accessKeyId);
  const secretAccessKey = textOf(given.secretAccessKey);
  if (accessKeyId === undefined || secretAccessKey === undefined) return null;
  const sessionToken = textOf(given.sessionToken);
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

/**
 * Flat headers that show a key to Bedrock: a signature over the request (SigV4), or for a Bedrock API key the key itself. The
 * region is the provider's setting, or the one in its address.
 */
export function awsAuthHeaders(key: string, settings: ProviderSettings, request: AwsRequest, nowMs: number): string[] {
  const credentials = credentialsOf(key);
  if (credentials === null) return ['authorization', `Bearer ${key}`];
  const { host } = new URL(request.origin);
  const [path = '', query = ''] = request.path.split('?', 2);
  const region = settings.region ?? REGION_IN_HOST.exec(host)?.[1] ?? 'us-east-1';
  const headers = ['host', host, 'content-type', 'application/json'];
  const signed = { method: 'POST', path, query, headers, body: request.body };
  return signRequest(signed, credentials, { region, service: 'bedrock', nowMs });
}
