import type { SoapPlan } from '@parley/contracts/soap-plan';
import { ENVELOPES } from '@parley/domain/soap/names';
import { readElement } from '@parley/domain/soap/read-value';
import { pointerSteps, valueAt } from '@parley/domain/translation/json-pointer';
import { decodeXmlBytes } from '@parley/domain/xml/decode-bytes';
import { readNodes, type XmlNode } from '@parley/domain/xml/read-nodes';
import { XmlFault } from '@parley/domain/xml/xml-value';
import { type Refusal, refusal } from '../../refusals.ts';
import type { WholeAnswer } from '../../serving/held-answer.ts';
import { isPlain, jsonAnswer, notOfProtocol } from '../translation/service-answer.ts';
import { type Fault, faultRefusal, readFault } from './faults.ts';

const XML_TYPE = /^(?:text\/xml|application\/(?:[\w.+-]{1,80}\+)?xml)\s*(?:;|$)/i;
const ENVELOPE_NAMESPACES: ReadonlySet<string> = new Set(Object.values(ENVELOPES));

interface Reading {
  readonly plan: SoapPlan;
  /** Headers of the call that inputs are read from. */
  readonly inputHeaders: readonly string[];
}

/** Turns a SOAP answer into the endpoint's own, or the refusal that its fault amounts to. */
export function readAnswer(
  { plan, inputHeaders }: Reading,
  answer: WholeAnswer,
  report: (fault: Fault) => void,
): WholeAnswer | Refusal {
  const { status, headers } = answer;
  if (plan.output === null && status < 300 && answer.body.length === 0) return jsonAnswer(headers, {}, inputHeaders);
  const body = bodyOf(answer);
  if (body === null) return notOfProtocol(status, headers);
  const [content] = body.children;
  if (content?.name === 'Fault' && content.namespace === body.namespace) {
    const fault = readFault(content);
    report(fault);
    return faultRefusal(fault, plan.statuses);
  }
  if (status >= 300) return notOfProtocol(status, headers);
  if (plan.output === null) return jsonAnswer(headers, {}, inputHeaders);
  if (content?.name !== plan.output.name) return refusal('answer_unreadable');
  const value = readElement(plan, plan.output, content);
  return jsonAnswer(headers, valueAt(value, pointerSteps(plan.result)) ?? null, inputHeaders);
}

/** The Body of an envelope of either version; `null` when the answer is something else. */
function bodyOf({ headers, body }: WholeAnswer): XmlNode | null {
  const contentType = headers['content-type'] ?? '';
  const text = isPlain(headers) && XML_TYPE.test(contentType) ? decodeXmlBytes(body, contentType) : null;
  if (text === null) return null;
  try {
    const root = readNodes(text);
    if (root.name !== 'Envelope' || !ENVELOPE_NAMESPACES.has(root.namespace)) return null;
    return root.children.find(({ name, namespace }) => name === 'Body' && namespace === root.namespace) ?? null;
  } catch (error) {
    if (error instanceof XmlFault) return null;
    throw error;
  }
}
