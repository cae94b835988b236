import { createHmac } from 'node:crypto';
import { type DataKey, openBuffer, sealBuffer } from '@parley/kernel/seal';
import { z } from 'zod';

const DOCUMENT = 'knowledge_document';
const PASSAGE = 'knowledge_passage';
const VECTOR = 'knowledge_vector';

/** What is kept of a passage beside its place. */
export interface PassageText {
  readonly text: string;
  readonly headings: readonly string[];
}

const passageSchema = z.object({ text: z.string(), headings: z.array(z.string()) });

/** What rows of documents hold, sealed with their tenant's data key and bound to the document they belong to. */
export class DocumentSeal {
  readonly #key: DataKey;
  readonly #documentId: string;

  constructor(key: DataKey, documentId: string) {
    this.#key = key;
    this.#documentId = documentId;
  }

  text(content: string): Uint8Array<ArrayBuffer> {
    return this.#seal(DOCUMENT, Buffer.from(content));
  }

  openText(sealed: Uint8Array): string {
    return this.#open(DOCUMENT, sealed).toString();
  }

  passage(passage: PassageText): Uint8Array<ArrayBuffer> {
    return this.#seal(PASSAGE, Buffer.from(JSON.stringify({ text: passage.text, headings: passage.headings })));
  }

  openPassage(sealed: Uint8Array): PassageText {
    return passageSchema.parse(JSON.parse(this.#open(PASSAGE, sealed).toString()));
  }

  vector(vector: Float32Array): Uint8Array<ArrayBuffer> {
    return this.#seal(VECTOR, Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength));
  }

  openVector(sealed: Uint8Array): Float32Array {
    const bytes = this.#open(VECTOR, sealed);
    return new Float32Array(Uint8Array.from(bytes).buffer);
  }

  #seal(purpose: string, plain: Buffer): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(sealBuffer(this.#key, plain, `${purpose}:${this.#documentId}`));
  }

  #open(purpose: string, sealed: Uint8Array): Buffer {
    return openBuffer(this.#key, Buffer.from(sealed), `${purpose}:${this.#documentId}`);
  }
}

/** By what the same text is known again; says nothing of it to whoever lacks the tenant's data key. */
export function contentHash(key: DataKey, collectionId: string, content: string): string {
  return createHmac('sha256', key.bytes).update(`knowledge:${collectionId}:`).update(content).digest('base64url');
}
