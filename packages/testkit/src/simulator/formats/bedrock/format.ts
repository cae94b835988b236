import type { Exchange } from '../../exchange.ts';
import { Failure } from '../../failure.ts';
import { lookAtBody } from '../../fault-choice.ts';
import { COMMON_FAULTS, type FaultName } from '../../faults.ts';
import type { Format, Look } from '../../format.ts';
import { bearerKey } from '../../key.ts';
import { AwsError, awsError } from './aws-error.ts';
import { converse, countTokens } from './converse.ts';
import { simulatedModel } from './model-id.ts';
import { amzTime, isSigned, parseAuthorization } from './sigv4.ts';

/** Any access key id that starts with SIM is the simulator's; its secret is `sim-` and the id. */
export const secretOf = (accessKeyId: string): string => `sim-${accessKeyId}`;
const OWN_ID = /^SIM[A-Z0-9]+$/;

const MOST_SKEW_MS = 5 * 60_000;
const forbidden = (type: string, message: string): AwsError => new AwsError(403, type, message);

function checkSignature(exchange: Exchange, raw: Buffer): void {
  const { request } = exchange;
  const { headers } = request;
  const parts = parseAuthorization(headers.authorization ?? '');
  if (!parts) {
    throw forbidden('IncompleteSignatureException', 'The request signature does not conform to AWS standards.');
  }
  const { accessKeyId, service, day } = parts.credential;
  if (!OWN_ID.test(accessKeyId)) throw new Failure('bad_key');
  if (service !== 'bedrock') {
    throw forbidden('InvalidSignatureException', "Credential should be scoped to correct service: 'bedrock'.");
  }
  const date = String(headers['x-amz-date'] ?? '');
  const skewMs = Math.abs(Date.now() - amzTime(date));
  if (!(skewMs <= MOST_SKEW_MS) || !date.startsWith(day)) {
    throw forbidden('InvalidSignatureException', `Signature expired: ${date} is not within 5 minutes of now.`);
  }
  for (const name of Object.keys(headers).filter((found) => found === 'host' || found.startsWith('x-amz-'))) {
    if (!parts.signedHeaders.includes(name)) {
      throw forbidden('InvalidSignatureException', `'${name}' must be a 'SignedHeader' in the AWS Authorization.`);
    }
  }
  const call = { method: request.method ?? '', url: request.url ?? '', headers, body: raw };
  if (!isSigned(call, parts, secretOf(accessKeyId))) {
    throw forbidden(
      'InvalidSignatureException',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
}

function authenticate(exchange: Exchange, raw: Buffer): void {
  if (exchange.request.headers.authorization === undefined) throw new Failure('no_key');
  const key = bearerKey(exchange);
  if (key === null) return checkSignature(exchange, raw);
  if (!key.startsWith('sim-')) {
    throw forbidden('AccessDeniedException', 'Authentication failed: Please make sure your API Key is valid.');
  }
}

function look(stream: boolean) {
  return (body: unknown, params: Readonly<Record<string, string>>): Look => ({
    ...lookAtBody(body),
    model: simulatedModel(params.model ?? ''),
    stream,
  });
}

/** Faults of Converse. */
export const BEDROCK_FAULTS = [
  ...COMMON_FAULTS.filter((name) => name !== 'comments'),
  'unknown-event',
  'text-before-tools',
  'tool-arguments-empty',
  'cached-tokens',
  'usage-missing',
  'refusal',
  'content-filter',
  'context-window',
  'redacted-thinking',
] as const satisfies readonly FaultName[];

/** Amazon Bedrock's Converse, ConverseStream and CountTokens (Amazon Bedrock API reference). */
export const bedrock: Format = {
  name: 'bedrock',
  owns: (path) => path.startsWith('/model/'),
  routes: [
    { method: 'POST', path: '/model/{model}/converse', handle: converse(false), look: look(false) },
    { method: 'POST', path: '/model/{model}/converse-stream', handle: converse(true), look: look(true) },
    { method: 'POST', path: '/model/{model}/count-tokens', handle: countTokens, look: look(false) },
  ],
  faults: BEDROCK_FAULTS,
  authenticate,
  headers: ({ record }) => ({
    'x-amzn-requestid': record.id.replace(/^req_(.{8})(.{4})(.{4})(.{4})(.*)$/, '$1-$2-$3-$4-$5'),
  }),
  wire: awsError,
};
