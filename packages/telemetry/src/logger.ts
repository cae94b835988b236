import pino from 'pino';

export type LogFields = Readonly<Record<string, unknown>>;

/** Structured log lines: an event in words, and fields. Secrets and bodies never go in either. */
export interface Logger {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  /** A logger that adds these fields to each of its lines. */
  child(fields: LogFields): Logger;
}

export interface LoggerOptions {
  /** Name of the process kind: `gateway`, `worker`, `portal`. */
  readonly service: string;
  /** `fatal` … `trace`, or `silent`. */
  readonly level: string;
}

/** Field names whose values are never written, wherever they appear one level deep. */
const REDACTED = ['authorization', 'cookie', 'password', 'secret', 'token', 'apiKey', 'x-api-key'];

function describe(value: unknown): unknown {
  return value instanceof Error ? { name: value.name, message: value.message, stack: value.stack } : value;
}

function wrap(target: pino.Logger): Logger {
  const line = (fields: LogFields | undefined): LogFields =>
    fields?.error === undefined ? (fields ?? {}) : { ...fields, error: describe(fields.error) };
  return {
    error: (message, fields) => target.error(line(fields), message),
    warn: (message, fields) => target.warn(line(fields), message),
    info: (message, fields) => target.info(line(fields), message),
    debug: (message, fields) => target.debug(line(fields), message),
    child: (fields) => wrap(target.child(fields)),
  };
}

/** JSON lines on `destination` (standard output unless told), one per event, with an ISO time. */
export function createLogger(options: LoggerOptions, destination?: pino.DestinationStream): Logger {
  const settings: pino.LoggerOptions = {
    level: options.level,
    base: { service: options.service, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    messageKey: 'message',
    redact: { paths: REDACTED.flatMap((name) => [`["${name}"]`, `*["${name}"]`]), censor: '[redacted]' },
  };
  return wrap(destination ? pino(settings, destination) : pino(settings));
}

/** Says nothing. */
export const noopLogger: Logger = {
  error() {},
  warn() {},
  info() {},
  debug() {},
  child: () => noopLogger,
};
