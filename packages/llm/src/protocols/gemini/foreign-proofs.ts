import { isForeignProof } from '../../neutral/proof.ts';
import { isObject } from '../../object.ts';
import { stringifyDeep } from '../../parse-exact.ts';
import { field, type Json } from './field.ts';
import { generationOf } from './model-name.ts';
import { NO_SIGNATURE } from './write-contents.ts';

/** A part without a proof that only another maker's model can read; `null` for one that was nothing else. */
function ownPart(part: Json, model: string): Json | null {
  const { thoughtSignature: _camel, thought_signature: _snake, ...rest } = part;
  if (field(part, 'functionCall') !== undefined) {
    return generationOf(model) >= 3 ? { ...rest, thoughtSignature: NO_SIGNATURE } : rest;
  }
  return part.thought === true || part.text === '' ? null : rest;
}

function ownContent(content: unknown, model: string): unknown {
  if (!isObject(content) || !Array.isArray(content.parts)) return content;
  const parts = content.parts.flatMap((part: unknown) => {
    if (!isObject(part) || !isForeignProof(field(part, 'thoughtSignature'))) return [part];
    return ownPart(part, model) ?? [];
  });
  return { ...content, parts };
}

/**
 * JSON of `contents` for Google's own models, in a conversation that went on with another maker's for a while; `null` where
 * there is nothing to take out.
 */
export function withoutForeignProofs(text: string, contents: unknown, model: string): string | null {
  if (!text.includes('"parley') || !Array.isArray(contents)) return null;
  return stringifyDeep(contents.map((content) => ownContent(content, model)));
}
