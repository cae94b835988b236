import { type SoapPlan, soapPlanSchema } from '@parley/contracts/soap-plan';
import type { Problem } from '@parley/domain/graphql/input-types';
import { ENVELOPES, XSI } from '@parley/domain/soap/names';
import { writeElement } from '@parley/domain/soap/write-value';
import { escapeAttribute } from '@parley/domain/xml/escape';
import type { Exchange } from '../../exchange.ts';
import type { Ports } from '../../ports/ports.ts';
import { type Refusal, refusal } from '../../refusals.ts';
import type { Serving } from '../../serving/serving.ts';
import type { EndpointSource } from '../../stage.ts';
import { FindingsLog } from '../findings-log.ts';
import { type Inputs, inputsOf } from '../translation/inputs.ts';
import { toService } from '../translation/to-service.ts';
import { translated } from '../translation/translated.ts';
import { readAnswer } from './answer.ts';
import { asGiven, inputValue } from './input-value.ts';

interface Prepared {
  readonly plan: SoapPlan;
  readonly inputs: Inputs;
  readonly headers: readonly string[];
  /** The envelope up to what is in its body, and after that. */
  readonly beginning: string;
  readonly end: string;
}

/**
 * Answers a route from an operation of a SOAP service: JSON becomes the envelope that its types ask for, and the answer's body
 * JSON again. Without a plan that this release can read every call is refused.
 */
export function soap({ policies, route, api, version }: EndpointSource): Serving | null {
  if (!policies.soap) return null;
  const read = soapPlanSchema.safeParse(route?.plan);
  if (!read.success || route === null) return translated('soap', null);
  const plan = read.data;
  const inputs = inputsOf(plan.inputs, route.path);
  const prepared = { plan, inputs, headers: headersOf(plan), ...envelopeOf(plan) };
  const log = new FindingsLog('a SOAP service reports a fault', { api: api.slug, version: version.version });
  const inputHeaders = plan.inputs.flatMap(({ from, at }) => (from === 'header' ? [at] : []));
  return translated('soap', {
    inputs,
    maxAnswerBytes: plan.maxAnswerBytes,
    log,
    build: (exchange, ports, body) => build(prepared, exchange, ports, body),
    read: (answer, report) => readAnswer({ plan, inputHeaders }, answer, (fault) => report({ fault })),
  });
}

function headersOf({ version, action }: SoapPlan): string[] {
  if (version === '1.1') {
    return ['content-type', 'text/xml; charset=utf-8', 'soapaction', `"${action}"`, 'accept', 'text/xml'];
  }
  const parameter = action === '' ? '' : `; action="${action}"`;
  return ['content-type', `application/soap+xml; charset=utf-8${parameter}`, 'accept', 'application/soap+xml'];
}

function envelopeOf({ version, namespaces }: SoapPlan): { beginning: string; end: string } {
  const declared = namespaces.map((namespace, at) => ` xmlns:n${at}="${escapeAttribute(namespace)}"`).join('');
  return {
    beginning:
      `<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="${ENVELOPES[version]}"` +
      ` xmlns:xsi="${XSI}"${declared}><soap:Body>`,
    end: '</soap:Body></soap:Envelope>',
  };
}

function build(prepared: Prepared, exchange: Exchange, ports: Ports, body: unknown): Refusal | null {
  const { plan, inputs, headers, beginning, end } = prepared;
  const problems: Problem[] = [];
  const value = inputValue(plan.inputs, inputs.read(exchange, body), problems);
  const written = writeElement(plan, plan.input, value, problems);
  if (problems.length > 0) {
    const errors = problems.map(({ pointer, message }) => ({ pointer: asGiven(plan.inputs, pointer), message }));
    return refusal('invalid_variable', { errors });
  }
  return toService(exchange, ports, { headers, body: Buffer.from(beginning + written + end) });
}
