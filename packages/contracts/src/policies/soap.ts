import { z } from 'zod';
import { jsonPointer, translatedInput } from './translated-input.ts';

const wsdlName = z
  .string()
  .trim()
  .regex(/^[\p{L}_][\p{L}\p{N}_.-]{0,199}$/u, 'A name of the WSDL document, without prefix.');

/**
 * Makes a route of one operation of a SOAP service: JSON in, JSON out, by the types of its WSDL. Fields that a route leaves
 * out are the version's, so that the document is given once.
 */
export const soapPolicy = z.strictObject({
  operation: wsdlName.optional().describe('Operation of the service that answers'),
  wsdl: z
    .string()
    .max(1_000_000, 'At most 1000000 characters.')
    .optional()
    .describe('The service’s WSDL 1.1 document, its types within it'),
  service: wsdlName.optional().describe('Service of the document, where it has several'),
  port: wsdlName.optional().describe('Port of the service; its first SOAP port if not set'),
  inputs: z
    .array(translatedInput)
    .max(100, 'At most 100 inputs.')
    .optional()
    .describe('Where fields of the input come from; if not set: the body, or path and query by the fields’ names'),
  result: jsonPointer.optional().describe('JSON pointer to the part of the answer that is given; all of it if empty'),
  statuses: z
    .record(z.string().min(1).max(200), z.number().int().min(400, 'From 400.').max(599, 'At most 599.'))
    .optional()
    .describe('Status for each fault, by its code, subcode or the name of its detail; others are 400 or 502'),
  maxAnswerKb: z
    .number()
    .int()
    .min(1)
    .max(8192, 'At most 8192 (8 MiB).')
    .optional()
    .describe('Kilobytes of the largest answer that is read; 1024 if not set'),
});
export type SoapPolicy = z.output<typeof soapPolicy>;
