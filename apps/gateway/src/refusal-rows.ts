import type { RefusalCode } from '@parley/contracts/refusal-codes';

/** How a call that is not answered as asked ends: one row per code, and the words that help the caller on. */
interface RefusalRow {
  readonly status: number;
  /** What happened, for a stranger. */
  readonly message: string;
  /** What to do next. */
  readonly nextStep: string;
}

/** Every way a call can end early: status, what happened, what to do next. */
export const REFUSAL_ROWS: Readonly<Record<RefusalCode, RefusalRow>> = {
  malformed_request: row(
    400,
    'The request is not valid HTTP, or its path is not.',
    'Check the request line, headers and path.',
  ),
  route_not_found: row(
    404,
    'Nothing is published at this path.',
    'Compare the path with the reference of the API in the portal: /{tenant}/{api}/{version}/….',
  ),
  method_not_allowed: row(405, 'This path does not take this method.', 'Use one of the methods in the Allow header.'),
  upgrade_required: row(
    426,
    'This path speaks WebSocket only.',
    'Connect with a WebSocket client (RFC 6455, version 13, HTTP/1.1).',
  ),
  key_missing: row(401, 'No API key was sent.', 'Send it as `Authorization: Bearer <key>` or `x-api-key: <key>`.'),
  key_malformed: row(
    401,
    'The API key is mistyped: its form or checksum is wrong.',
    'Copy the whole key again; it starts with `pk_live_`.',
  ),
  key_unknown: row(401, 'This API key is not known.', 'Make a key for your application in the portal.'),
  key_expired: row(401, 'This API key has expired.', 'Make or rotate the key of your application in the portal.'),
  key_revoked: row(401, 'This API key was revoked.', 'Make a new key for your application in the portal.'),
  credentials_refused: row(
    401,
    'These credentials are not accepted here.',
    'The `WWW-Authenticate` header says which are, and what was wrong with these.',
  ),
  issuer_unavailable: row(
    503,
    'The keys to check this token cannot be fetched from its issuer.',
    'Try again shortly; if it lasts, ask the publisher.',
  ),
  party_token_refused: row(
    401,
    'This party token is not good, or no longer.',
    'The `WWW-Authenticate` header says why. Ask whoever gave it to you for another one.',
  ),
  party_state_unavailable: row(
    503,
    'Whether this party token still counts cannot be known at the moment.',
    'Repeat the call shortly.',
  ),
  party_denied: row(
    403,
    'The party token does not allow this.',
    'Ask for a token that does: `POST /v1/party-tokens/explain` says which rule decides what.',
  ),
  party_allowance_spent: row(
    403,
    'The uses of this party token are spent.',
    'Ask whoever gave it to you for another one.',
  ),
  configuration_unavailable: row(503, 'The gateway is still loading its configuration.', 'Try again in a few seconds.'),
  version_retired: row(
    410,
    'This version of the API was retired.',
    'Move to a current version; the portal lists them.',
  ),
  version_brown_out: row(
    410,
    'This version of the API is deprecated and refuses calls for a while, before its end.',
    'Move to a current version: the page in the Link header says how.',
  ),
  policy_unsupported: row(
    503,
    'This gateway does not know a policy of this API.',
    'Ask the operator to update the gateway.',
  ),
  not_subscribed: row(403, 'Your application is not subscribed to this API.', 'Subscribe to it in the portal.'),
  subscription_pending: row(
    403,
    'The subscription waits for the publisher’s approval.',
    'Wait for the approval, or ask the publisher.',
  ),
  subscription_refused: row(
    403,
    'The publisher refused the subscription.',
    'The portal shows the reason; you may request it again.',
  ),
  subscription_suspended: row(403, 'The subscription is suspended.', 'Ask the publisher to resume it.'),
  subscription_revoked: row(403, 'The subscription was revoked.', 'Request a new one in the portal.'),
  subscription_expired: row(403, 'The subscription has expired.', 'Renew it in the portal.'),
  billing_restricted: row(
    402,
    'Bills of this publisher are overdue; plans that charge by use are closed.',
    'Pay what is due in the portal.',
  ),
  billing_credit_spent: row(
    402,
    'The credit this plan is paid from is used up.',
    'Buy credit in the portal, or change to a plan that is invoiced.',
  ),
  billing_suspended: row(
    402,
    'Bills of this publisher are long overdue; the account is suspended.',
    'Pay what is due in the portal.',
  ),
  scope_missing: row(
    403,
    'Your credential does not carry a scope that this call needs.',
    'Get a token with the scopes named in `WWW-Authenticate`, or ask for a key that has them.',
  ),
  address_denied: row(403, 'This API does not take calls from your address.', 'Ask the publisher to allow it.'),
  idempotency_key_missing: row(
    400,
    'This endpoint asks for an Idempotency-Key.',
    'Send a new random key with each call, and the same one when repeating it.',
  ),
  idempotency_key_malformed: row(
    400,
    'The Idempotency-Key cannot be read.',
    'Send one key of 1 to 255 visible characters, for example a UUID.',
  ),
  idempotency_in_progress: row(
    409,
    'The first call with this Idempotency-Key is still running.',
    'Repeat the call after the seconds in Retry-After.',
  ),
  idempotency_mismatch: row(
    422,
    'This Idempotency-Key was used for another call.',
    'Use a new key; the same one is for repeats of the same method, path, query and body only.',
  ),
  idempotency_not_kept: row(
    409,
    'The call with this Idempotency-Key was answered before, but its answer was not kept.',
    'Look the result up at the API; use a new key to make the call again.',
  ),
  idempotency_unavailable: row(
    503,
    'Idempotency keys cannot be checked at the moment, so the call was not made.',
    'Repeat it shortly with the same key.',
  ),
  queue_unavailable: row(
    503,
    'Calls cannot be accepted for delivery at the moment.',
    'Repeat the call shortly; with the same Idempotency-Key it is accepted once.',
  ),
  too_many_jobs: row(
    429,
    'Too many calls of your application wait to be answered later.',
    'Wait for some of them to end, or delete results that are not needed any more.',
  ),
  context_not_found: row(
    404,
    'Your application has no such session.',
    'Use the id of POST /v1/sessions; GET /v1/sessions lists those that are kept.',
  ),
  context_archived: row(
    409,
    'The session is archived: nothing is added to it.',
    'Make it active again: PATCH /v1/sessions/{id} with {"state": "active"}.',
  ),
  context_full: row(409, 'The session has no more room.', 'Go on in a new session.'),
  context_changed: row(
    412,
    'The session is not at the version in If-Match.',
    'Get it again and repeat with the ETag it has now.',
  ),
  context_overflow: row(
    400,
    'What this call must be sent of its session does not fit.',
    'Unpin turns, raise the token budget, choose a strategy other than none, or a model with a larger window.',
  ),
  context_unavailable: row(503, 'Sessions cannot be read or kept at the moment.', 'Repeat the call shortly.'),
  knowledge_unavailable: row(
    503,
    'The documents of this API cannot be searched at the moment.',
    'Repeat the call shortly.',
  ),
  job_not_found: row(404, 'Your application has no such job.', 'GET /v1/jobs lists those that are kept.'),
  stream_not_found: row(
    404,
    'No stream of your application is kept under this id.',
    'Take the id from X-Parley-Stream, in time; else make the call again.',
  ),
  job_not_finished: row(409, 'The job has no result yet.', 'Ask again after the seconds in Retry-After.'),
  job_cancelled: row(409, 'The job was cancelled.', 'Make the call again if it is wanted after all.'),
  job_expired: row(504, 'No gateway had room for the job while it was kept.', 'Make the call again.'),
  job_interrupted: row(
    502,
    'The job was begun, and broken off each time before its end.',
    'Make the call again; ask for less in one call if it lasts.',
  ),
  batches_off: row(
    403,
    'No API that your application is subscribed to takes batches of these calls.',
    'Make the calls one by one, or ask the publisher to allow batches.',
  ),
  file_not_found: row(404, 'Your application has no such file.', 'GET /v1/files lists those that are kept.'),
  file_in_use: row(
    409,
    'A batch that has not ended still reads this file.',
    'Wait for the batch to end, or cancel it first.',
  ),
  batch_not_found: row(
    404,
    'Your application has no such batch.',
    'List your batches: they are kept for some days only.',
  ),
  batch_not_finished: row(
    409,
    'The batch has no results yet.',
    'Ask for its state; once it has ended there are results.',
  ),
  contract_violated: row(
    400,
    'The request does not fit the API’s description.',
    'Correct the parts listed in `errors`; the API’s reference shows what it takes.',
  ),
  request_blocked: row(
    403,
    'The request looks like an attack, and was not passed on.',
    'If it is none, give the publisher the request id.',
  ),
  guardrail_blocked: row(
    400,
    'A guardrail of this API stopped the call.',
    'Leave out what it names; if it is wrong, give the publisher the request id.',
  ),
  request_too_complex: row(
    400,
    'The request is larger than this API takes.',
    'Send fewer headers, parameters or fields, or nest them less.',
  ),
  overloaded: row(503, 'The gateway has too much to do at the moment.', 'Try again after the seconds in Retry-After.'),
  rate_limited: row(
    429,
    'The plan’s request limit is used up for now.',
    'Wait for the seconds in Retry-After, or take a larger plan.',
  ),
  quota_exceeded: row(
    429,
    'The quota of this calendar period is used up.',
    'Wait for the seconds in Retry-After, or ask the publisher for more.',
  ),
  cost_limit_reached: row(
    402,
    'What calls may cost is used up for now, or held by calls that run.',
    'Send a smaller bound for the answer (`max_tokens`), wait for the seconds in Retry-After, or ask the publisher for more.',
  ),
  budget_exhausted: row(
    402,
    'A budget of this API’s publisher has no room for this call.',
    'Send a smaller bound for the answer (`max_tokens`), wait for running calls to end, or ask the publisher for more.',
  ),
  too_many_running: row(
    429,
    'As many calls as allowed are running already.',
    'Wait for one of them to end, and send fewer at once.',
  ),
  limiter_unavailable: row(
    503,
    'Limits cannot be counted at the moment, so no call is let through.',
    'Try again shortly.',
  ),
  metering_unavailable: row(
    503,
    'Usage cannot be recorded at the moment, so no call is let through.',
    'Try again shortly.',
  ),
  body_too_large: row(
    413,
    'The request body is larger than this API takes.',
    'Send a smaller body; the API’s page names the limit.',
  ),
  unsupported_media_type: row(
    415,
    'The body is not of a type this endpoint reads.',
    'Send uncompressed JSON with `content-type: application/json`.',
  ),
  malformed_json: row(400, 'The body is not valid JSON.', 'Check the body with a JSON parser.'),
  malformed_xml: row(
    400,
    'The body is not XML that can be read here.',
    'Check that it is well-formed, and has no DOCTYPE.',
  ),
  request_unmappable: row(
    422,
    'The body cannot be turned into what the upstream takes.',
    'Compare it with the API’s reference; if it fits, give the publisher the request id.',
  ),
  invalid_parameter: row(
    400,
    'A field of the request is missing or of the wrong kind.',
    'Correct the field named in `param`.',
  ),
  prompt_label_refused: row(
    400,
    'This label cannot be asked for here.',
    'Leave out the header X-Parley-Prompt-Label, or name a label that the publisher opens.',
  ),
  unsupported_parameter: row(
    400,
    'Something of the request cannot be sent to the model it names.',
    'Leave out the field named in `param`, or name a model whose provider takes it.',
  ),
  invalid_variable: row(400, 'The variables do not fit this endpoint.', 'Correct the fields listed in `errors`.'),
  model_not_found: row(
    404,
    'No model of this name is open to your application.',
    'GET /v1/models lists the names you can use; more come with subscriptions.',
  ),
  model_ambiguous: row(
    400,
    'More than one publisher offers a model of this name to your application.',
    'Name it `tenant/model`.',
  ),
  price_missing: row(
    503,
    'This model has no price in force, so it cannot be called.',
    'Ask the publisher to set a price for it.',
  ),
  provider_unconfigured: row(
    503,
    'The publisher has not finished setting up the upstream of this API.',
    'Ask the publisher to check it.',
  ),
  not_cached: row(504, 'No kept answer may be given for this request.', 'Call without `only-if-cached`.'),
  upstream_forbidden_address: row(
    502,
    'The upstream’s address is in a range the gateway may not call.',
    'The publisher must use a public address, or the operator allow the range.',
  ),
  upstream_unhealthy: row(
    503,
    'No target of the upstream is healthy at the moment.',
    'Try again shortly; if it lasts, ask the publisher.',
  ),
  upstream_breaker_open: row(
    503,
    'Too many calls to the upstream failed, so none is made for a moment.',
    'Try again after the seconds in Retry-After.',
  ),
  upstream_unreachable: row(
    502,
    'The upstream could not be reached, or failed.',
    'Try again; if it lasts, ask the publisher.',
  ),
  upstream_timeout: row(504, 'The upstream took too long.', 'Try again; ask for less in one call if it lasts.'),
  upstream_cut: row(
    502,
    'The upstream broke off in the middle of its answer.',
    'Do not use the partial answer; try again.',
  ),
  upstream_invalid: row(
    502,
    'The upstream’s answer made no sense to the gateway.',
    'Try again; if it lasts, ask the publisher.',
  ),
  upstream_rate_limited: row(
    503,
    'The provider limits the publisher’s calls at the moment.',
    'Try again after the seconds in Retry-After.',
  ),
  upstream_credentials: row(
    502,
    'The provider does not accept the publisher’s credentials.',
    'Ask the publisher to renew the provider key.',
  ),
  output_schema_failed: row(
    502,
    'The model’s answer does not fit the output schema of this endpoint.',
    'Try again; if it lasts, ask the publisher.',
  ),
  answer_off_contract: row(
    502,
    'The upstream’s answer does not fit the API’s description.',
    'Try again; if it lasts, ask the publisher.',
  ),
  answer_too_large: row(
    502,
    'The upstream’s answer is larger than what this endpoint can turn into its own form.',
    'Ask for less at once, if the API has pages or filters; else ask the publisher.',
  ),
  answer_unreadable: row(
    502,
    'The upstream’s answer could not be turned into the form of this endpoint.',
    'Try again; if it lasts, ask the publisher.',
  ),
  socket_idle: row(
    408,
    'The WebSocket carried no message for too long.',
    'Connect again; send a message now and then.',
  ),
  socket_expired: row(408, 'The WebSocket was open for as long as this API allows.', 'Connect again.'),
  service_fault: row(
    502,
    'The service behind this endpoint answered with an error.',
    'Correct the call if the answer says how; else try again, and ask the publisher if it lasts.',
  ),
  step_failed: row(
    502,
    'One of the calls that this answer is made of failed.',
    'Try again; if it lasts, tell the publisher which step is named in `errors`.',
  ),
  shutting_down: row(503, 'This gateway node is shutting down.', 'Try again: another node answers.'),
  client_too_slow: row(
    408,
    'The request body came too slowly.',
    'Send it faster than 500 bytes a second; look at the connection.',
  ),
  client_closed: row(499, 'The client closed the connection before the answer was complete.', 'Nothing to do.'),
  internal: row(500, 'The gateway failed.', 'Try again; report the request id if it lasts.'),
};

function row(status: number, message: string, nextStep: string): RefusalRow {
  return { status, message, nextStep };
}
