import { REFUSAL_CODES, type RefusalCode } from './refusal-codes.ts';

/** Who can make the next call succeed. */
export type Remedy = 'caller' | 'publisher' | 'operator' | 'time';

/** A refusal code in the words of the portal: the public list of errors and the request log both show this table. */
export interface RefusalExplanation {
  /** HTTP status the gateway answers with; a provider's own 4xx may stand in for it. */
  readonly status: number;
  readonly title: string;
  /** What happened, for somebody who did not write the call. */
  readonly happened: string;
  /** The next step. */
  readonly todo: string;
  readonly remedy: Remedy;
}

export const REFUSAL_EXPLANATIONS: Readonly<Record<RefusalCode, RefusalExplanation>> = {
  malformed_request: says(
    400,
    'Not a request the gateway can read',
    'The request line, a header or the path breaks the rules of HTTP.',
    'Send it with an ordinary HTTP client; check that the path is percent-encoded and that no header holds a line break.',
  ),
  route_not_found: says(
    404,
    'Nothing is published at this path',
    'No API of any publisher answers at the path that was called.',
    'Compare the path with the reference on the API’s page: it reads /{tenant}/{api}/{version}/… or starts with /v1.',
  ),
  method_not_allowed: says(
    405,
    'This path does not take this method',
    'There is a route at this path, but for other methods.',
    'Use one of the methods that the Allow header of the answer lists.',
  ),
  upgrade_required: says(
    426,
    'This path speaks WebSocket only',
    'The route passes WebSockets through, and the call was no handshake that RFC 6455 knows.',
    'Connect with a WebSocket client of version 13, over HTTP/1.1.',
  ),
  key_missing: says(
    401,
    'No API key was sent',
    'The gateway answers only calls that carry an API key.',
    'Send the key as “Authorization: Bearer <key>” or as “x-api-key: <key>”.',
  ),
  key_malformed: says(
    401,
    'The API key is mistyped',
    'What was sent is not a whole key: its form or its checksum is wrong.',
    'Copy the key again, all of it, without quotes or spaces. It starts with pk_live_.',
  ),
  key_unknown: says(
    401,
    'The API key is not known',
    'The key is well formed, but belongs to no application here.',
    'Check that it is meant for this gateway, or make a new key on the application’s page.',
  ),
  key_expired: says(
    401,
    'The API key has expired',
    'The key had an end date, or was rotated and its grace period is over.',
    'Use the key’s successor, or make a new key on the application’s page.',
  ),
  key_revoked: says(
    401,
    'The API key was revoked',
    'Somebody of the application’s tenant revoked this key; the audit log says who and when.',
    'Make a new key on the application’s page and use that one.',
  ),
  credentials_refused: says(
    401,
    'The credentials are not accepted here',
    'The API takes other credentials than those sent, or the token does not pass its checks: issuer, audience, signature, age, client.',
    'Read the WWW-Authenticate header of the answer: it names the ways to call this API, and what was wrong.',
  ),
  issuer_unavailable: says(
    503,
    'The token cannot be checked at the moment',
    'The gateway could not fetch what it needs from the token’s issuer, so nobody can tell whether the token is good.',
    'Try again shortly; if it lasts, ask the publisher to check the issuer’s address.',
    'publisher',
  ),
  configuration_unavailable: says(
    503,
    'The gateway is still loading',
    'This gateway has just started, or is reading its configuration again.',
    'Try again in a few seconds. If it lasts, the operator should look at the worker and at Redis.',
    'time',
  ),
  version_retired: says(
    410,
    'This version of the API was retired',
    'The publisher has taken this version out of service for good.',
    'Move to a current version; the API’s page lists them with what changed.',
  ),
  version_brown_out: says(
    410,
    'A deprecated version refuses calls for a while',
    'The version was deprecated, and its publisher refuses calls at announced times so that nobody misses its end.',
    'Move to a current version: the Link header of the answer leads to the page that says how.',
  ),
  policy_unsupported: says(
    503,
    'This gateway cannot keep a policy of the API',
    'The API has a policy that this node’s release does not know, so the node serves none of its calls.',
    'The operator updates the gateway to the release of the portal.',
    'operator',
  ),
  not_subscribed: says(
    403,
    'The application is not subscribed',
    'The key is good, but its application has no subscription to this API.',
    'Open the API in the catalogue, subscribe this application, and call again.',
  ),
  subscription_pending: says(
    403,
    'The subscription waits for approval',
    'The application has asked for access and the publisher has not decided yet.',
    'Wait for the decision: a notice and a mail will say so. The same key works from then on.',
    'publisher',
  ),
  subscription_refused: says(
    403,
    'The subscription was refused',
    'The publisher has decided against this application’s request.',
    'Read the reason on the application’s page; you may ask again with more to say.',
  ),
  subscription_suspended: says(
    403,
    'The subscription is paused',
    'The publisher has suspended this application’s access for now.',
    'Read the reason on the application’s page and ask the publisher to resume it.',
    'publisher',
  ),
  subscription_revoked: says(
    403,
    'The subscription was revoked',
    'The publisher has ended this application’s access.',
    'Read the reason on the application’s page; you may request access again.',
  ),
  subscription_expired: says(
    403,
    'The subscription has expired',
    'Access was granted until a date, and that date has passed.',
    'Subscribe again on the API’s page.',
  ),
  scope_missing: says(
    403,
    'A scope is missing',
    'The credential is good, but was not given the scopes that this API or route asks for.',
    'Get a token with the scopes that WWW-Authenticate names, or have them given to the key on the application’s page.',
  ),
  address_denied: says(
    403,
    'The API does not take calls from this address',
    'The publisher lists the addresses that may call this API, and the caller’s is not among them.',
    'Call from an allowed network, or ask the publisher to add the address.',
    'publisher',
  ),
  idempotency_key_missing: says(
    400,
    'The call needs an Idempotency-Key',
    'The publisher asks for a key with each call that changes something, so that a repeat does not do it twice.',
    'Send a new random key with each such call, and the same key when repeating it.',
  ),
  idempotency_key_malformed: says(
    400,
    'The Idempotency-Key cannot be read',
    'The header is empty, longer than 255 characters, sent twice, or holds characters that do not belong in it.',
    'Send one UUID or a similar text of visible characters.',
  ),
  idempotency_in_progress: says(
    409,
    'The first call with this Idempotency-Key is still running',
    'A repeat arrived before the first call was answered. Nothing was done twice.',
    'Wait for the seconds in the Retry-After header and repeat the call with the same key.',
    'time',
  ),
  idempotency_mismatch: says(
    422,
    'The Idempotency-Key was used for another call',
    'A call with this key, but another method, path, query or body, was made before.',
    'Use a new key for each new call, and the same key and body only for repeats.',
  ),
  idempotency_not_kept: says(
    409,
    'The call was made before, but its answer was not kept',
    'The first call with this Idempotency-Key has ended; its answer was a stream, broke off, or was too large to keep.',
    'Look up the result at the API, or make the call again with a new key if doing it twice is harmless.',
  ),
  idempotency_unavailable: says(
    503,
    'Idempotency keys cannot be checked at the moment',
    'The gateway cannot reach the store of keys, and does not risk doing something twice.',
    'Repeat the call shortly with the same key.',
    'operator',
  ),
  queue_unavailable: says(
    503,
    'Calls cannot be accepted for delivery at the moment',
    'The gateway could not put the call where it survives, so it did not accept it.',
    'Repeat the call shortly. With the same Idempotency-Key it is accepted once, whatever became of the first try.',
    'operator',
  ),
  contract_violated: says(
    400,
    'The request does not fit the API’s description',
    'A parameter, the media type or a field of the body is not what the API’s OpenAPI document asks for.',
    'Correct the parts that the answer lists by pointer, such as /query/limit or /body/name.',
  ),
  request_blocked: says(
    403,
    'The request looks like an attack',
    'The API’s shield found parts that attacks are made of, in the path, the query, a header or the body.',
    'If the request is meant as it is, give the publisher its id: a rule can be left out for this API.',
    'publisher',
  ),
  guardrail_blocked: says(
    400,
    'A guardrail stopped the call',
    'The call, or the model’s answer, holds what this API keeps out, such as personal data, a secret or an attempt to turn the model.',
    'The answer names the check. Take it out and call again; if it is none, give the publisher the request id.',
    'caller',
  ),
  request_too_complex: says(
    400,
    'The request holds more than this API takes',
    'It has too many headers, parameters or fields, is nested too deep, or unpacks to too much.',
    'Send less in one call; the answer names the bound.',
  ),
  overloaded: says(
    503,
    'The gateway has too much to do',
    'The node that took the call is overloaded, and lets in only calls that matter more for now.',
    'Wait for the seconds in the Retry-After header. If it lasts, the operator adds nodes.',
    'time',
  ),
  rate_limited: says(
    429,
    'The plan’s request limit is used up for now',
    'The application made as many calls as its plan allows in the current window.',
    'Wait for the seconds in the Retry-After header, spread calls out, or take a larger plan.',
    'time',
  ),
  quota_exceeded: says(
    429,
    'The quota of this day, week or month is used up',
    'The publisher allows so much in each calendar period, and this period’s share is gone.',
    'Wait for the seconds in the Retry-After header, or ask the publisher for more.',
    'time',
  ),
  too_many_running: says(
    429,
    'Too many calls run at the same time',
    'The publisher allows only so many calls at once, and as many are being answered now.',
    'Wait for one of them to end, or for the seconds in the Retry-After header; send fewer at once.',
    'time',
  ),
  limiter_unavailable: says(
    503,
    'Limits cannot be counted at the moment',
    'The gateway cannot reach the store that counts calls, and lets nothing through uncounted.',
    'Try again shortly. If it lasts, the operator should look at Redis.',
    'operator',
  ),
  metering_unavailable: says(
    503,
    'Usage cannot be recorded at the moment',
    'The gateway cannot write down what is used, and lets nothing through unrecorded.',
    'Try again shortly. If it lasts, the operator should look at the gateway’s disk.',
    'operator',
  ),
  body_too_large: says(
    413,
    'The request body is too large',
    'The body is larger than this API takes.',
    'Send less in one call; the API’s page names the limit.',
  ),
  unsupported_media_type: says(
    415,
    'The body is of a type this endpoint does not read',
    'The endpoint reads uncompressed JSON, and something else was sent.',
    'Send JSON with “content-type: application/json” and without content-encoding.',
  ),
  malformed_json: says(
    400,
    'The body is not valid JSON',
    'The body ends too early, or has a character where JSON allows none.',
    'Let a JSON library write the body instead of putting text together by hand.',
  ),
  malformed_xml: says(
    400,
    'The body is not XML that can be read',
    'The body is not well-formed XML, is not in the character set it names, nests too deeply, or has a DOCTYPE.',
    'Let an XML library write the body, without a document type and its entities.',
  ),
  request_unmappable: says(
    422,
    'The body cannot be turned into what the upstream takes',
    'The API maps bodies before it passes them on, and its mapping does not get on with this one: it misses something, or it is too large.',
    'Compare the body with the API’s reference. If it fits, give the publisher the request id: the mapping has to be corrected.',
  ),
  invalid_parameter: says(
    400,
    'A field of the request is missing or wrong',
    'The endpoint, or the provider behind it, does not take the request as it was written.',
    'Correct the field that the answer names.',
  ),
  unsupported_parameter: says(
    400,
    'The model cannot be told a part of the request',
    'The model named is served by a provider whose protocol has nothing like the field named, and the answer would be another one without it.',
    'Leave the field out, or name a model whose provider takes it.',
  ),
  invalid_variable: says(
    400,
    'The variables do not fit this endpoint',
    'A variable is missing, unknown, or not of the declared type.',
    'Correct the variables that the answer lists; the API’s page shows their names and types.',
  ),
  prompt_label_refused: says(
    400,
    'The label cannot be asked for here',
    'The call names a label of the prompt that its publisher does not open to callers, or that leads nowhere.',
    'Leave the header X-Parley-Prompt-Label out, or ask the publisher which labels may be named.',
  ),
  model_not_found: says(
    404,
    'No model of this name is open to the application',
    'The name is wrong, or the application is not subscribed to the API that offers the model.',
    'List the names you can use with GET /v1/models; more come with more subscriptions.',
  ),
  model_ambiguous: says(
    400,
    'Several publishers offer a model of this name',
    'The application is subscribed to more than one, so the name alone does not decide.',
    'Name it in full as “tenant/model”.',
  ),
  price_missing: says(
    503,
    'The model has no price in force',
    'Calls that cannot be priced are refused rather than given away.',
    'The publisher sets a price on the model’s page; it counts from the next call.',
    'publisher',
  ),
  provider_unconfigured: says(
    503,
    'The API’s upstream is not set up',
    'The API leads to a provider or service that lacks a key or an address.',
    'The publisher completes it under Models & providers or Upstreams.',
    'publisher',
  ),
  not_cached: says(
    504,
    'No kept answer is good enough',
    'The caller asked for a kept answer only (Cache-Control: only-if-cached), and there is none that may be given.',
    'Call without only-if-cached.',
  ),
  upstream_forbidden_address: says(
    502,
    'The upstream’s address is off limits',
    'The upstream’s name leads to an address inside a private network, which the gateway may not call.',
    'The publisher uses a public address, or the operator allows the range in PARLEY_ALLOWED_PRIVATE.',
    'publisher',
  ),
  upstream_unhealthy: says(
    503,
    'No target of the upstream is fit to answer',
    'The publisher’s service runs on several targets, and the gateway found none of them healthy.',
    'Try again shortly. The publisher looks at the health of the targets and at the address of the health check.',
    'publisher',
  ),
  upstream_breaker_open: says(
    503,
    'Calls to the upstream are paused',
    'Too many calls to the publisher’s service failed, so the gateway gives it a rest before it tries again.',
    'Try again after the seconds in the Retry-After header.',
    'time',
  ),
  upstream_unreachable: says(
    502,
    'The upstream could not be reached',
    'The service behind the API did not take the connection, or failed on its side.',
    'Try again. If it lasts, the publisher should check that the service is up.',
    'publisher',
  ),
  upstream_timeout: says(
    504,
    'The upstream took too long',
    'The service behind the API did not answer within the time its publisher allows.',
    'Try again, or ask for less in one call. The publisher can raise the time-out.',
    'publisher',
  ),
  upstream_cut: says(
    502,
    'The upstream broke off in the middle',
    'The answer had begun when the service behind the API closed the connection.',
    'Do not use the part that arrived; try again.',
    'publisher',
  ),
  upstream_invalid: says(
    502,
    'The upstream’s answer made no sense',
    'The service behind the API answered with something that is not of the agreed form.',
    'Try again. If it lasts, the publisher should look at what the service sends.',
    'publisher',
  ),
  upstream_rate_limited: says(
    503,
    'The provider limits the publisher’s calls',
    'The provider behind the API has refused for now: its own limit for this publisher is used up.',
    'Try again after the seconds in the Retry-After header. The publisher can ask the provider for more.',
    'publisher',
  ),
  upstream_credentials: says(
    502,
    'The provider does not accept the publisher’s key',
    'The provider behind the API has turned down the credentials that the publisher stored.',
    'The publisher replaces the provider key under Models & providers.',
    'publisher',
  ),
  output_schema_failed: says(
    502,
    'The model’s answer does not fit the promised form',
    'The endpoint promises JSON of a certain form, and the model wrote something else.',
    'Try again. If it lasts, the publisher should loosen the schema or choose another model.',
    'publisher',
  ),
  answer_off_contract: says(
    502,
    'The answer does not fit the API’s description',
    'The service behind the API answered something that its own OpenAPI document does not allow, so it was held back.',
    'Try again. If it lasts, the publisher corrects the service or the document; the gateway’s log names the fields.',
    'publisher',
  ),
  answer_too_large: says(
    502,
    'The answer is too large to be turned into this API’s form',
    'The endpoint maps the answer of the service behind it, which needs all of it at once; this one went over the bound.',
    'Ask for less at once. If that is not possible, the publisher raises the bound or serves the route unmapped.',
    'publisher',
  ),
  answer_unreadable: says(
    502,
    'The answer could not be turned into this API’s form',
    'The service behind the API answered something that the endpoint’s mapping cannot read.',
    'Try again. If it lasts, the publisher corrects the mapping or the service; the gateway’s log names the place.',
    'publisher',
  ),
  socket_idle: says(
    408,
    'The WebSocket was idle for too long',
    'Neither side sent a message for as long as the API allows, so the connection was closed (code 1008).',
    'Connect again, and send a message now and then if the connection is to stay.',
  ),
  socket_expired: says(
    408,
    'The WebSocket was open for as long as allowed',
    'The API closes connections after a time of its choice (code 1001).',
    'Connect again: good clients do so by themselves.',
  ),
  service_fault: says(
    502,
    'The service answered with an error',
    'The endpoint is answered by a GraphQL or SOAP service, which reported an error. Of errors that are about the call (4xx) the answer repeats what the service said.',
    'Read what the answer says and correct the call. A 502 is for the publisher: the gateway’s log has the service’s words.',
    'publisher',
  ),
  step_failed: says(
    502,
    'One of the calls that the answer is made of failed',
    'This endpoint is answered from several upstreams. One it cannot do without did not answer, or not as expected; `errors` names the step.',
    'Try again. If it lasts, give the publisher the request id and the name of the step.',
  ),
  shutting_down: says(
    503,
    'This gateway is shutting down',
    'The node was finishing its last calls and takes no new ones.',
    'Try again at once: another node answers.',
    'time',
  ),
  client_too_slow: says(
    408,
    'The request body came too slowly',
    'The client sent its body at less than 500 bytes a second for 20 seconds, so the gateway gave the place to others.',
    'Look at the client’s connection; send large bodies in parts.',
  ),
  client_closed: says(
    499,
    'The caller left before the answer was complete',
    'The client closed its connection: it was aborted, or its own time-out ran out.',
    'Nothing, if that was meant. Otherwise raise the client’s time-out or ask for a stream.',
  ),
  internal: says(
    500,
    'The gateway failed',
    'Something in the gateway went wrong that should not.',
    'Try again. If it lasts, give the operator the request id.',
    'operator',
  ),
};

function says(
  status: number,
  title: string,
  happened: string,
  todo: string,
  remedy: Remedy = 'caller',
): RefusalExplanation {
  return { status, title, happened, todo, remedy };
}

/** The explanation of a logged code; `null` for a code that is not the gateway's own, such as a provider's. */
export function explainRefusal(code: string): RefusalExplanation | null {
  const known: readonly string[] = REFUSAL_CODES;
  return known.includes(code) ? REFUSAL_EXPLANATIONS[code as RefusalCode] : null;
}
