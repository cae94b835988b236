import { z } from 'zod';
import { httpUrl } from './values.ts';

/** Where telemetry goes, in OpenTelemetry's own names for it. */
export const otlpEnv = {
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl()
    .optional()
    .describe('the address of an OpenTelemetry collector that takes OTLP over HTTP, e.g. http://collector:4318'),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .transform((text, context) => {
      const headers: Record<string, string> = {};
      for (const part of text.split(',').filter((one) => one.trim() !== '')) {
        const [name = '', ...value] = part.split('=');
        if (!/^[\w-]+$/.test(name.trim()) || value.length === 0) {
          context.addIssue({ code: 'custom', message: 'it is no comma list of name=value' });
          return z.NEVER;
        }
        headers[name.trim().toLowerCase()] = unescaped(value.join('=').trim());
      }
      return headers;
    })
    .optional()
    .describe('headers for that collector, as a comma list of name=value, percent-encoded where needed'),
  OTEL_SERVICE_NAME: z
    .string()
    .min(1)
    .max(100)
    .default('parley-gateway')
    .describe('the name of this service in traces and metrics'),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .transform((text, context) => {
      const share = Number(text);
      if (text.trim() !== '' && share >= 0 && share <= 1) return share;
      context.addIssue({ code: 'custom', message: `"${text}" is not a number from 0 to 1` });
      return z.NEVER;
    })
    .default(1)
    .describe('the share of calls without a trace of their caller that are traced, from 0 to 1'),
};

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
