/** What came from an upstream is no answer as RFC 9112 has it; nothing more is read from its connection. */
export class MalformedAnswerError extends Error {
  readonly code = 'PARLEY_MALFORMED_ANSWER';
}
