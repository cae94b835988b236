import { creditNoteWords } from '@parley/domain/invoices/credit-note';
import { creditNoteName } from '@parley/domain/invoices/document';
import { z } from 'zod';
import { writeFile } from '../invoices/write-file.ts';
import { defineVerb } from '../verb.ts';
import { findCreditNote, hashOfNote } from './note-shape.ts';

/** A credit note as a file of its own. */
export const downloadCreditNote = defineVerb({
  name: 'creditNotes.download',
  summary: 'Download a credit note as PDF or HTML, as its publisher or as its customer.',
  kind: 'read',
  access: 'billing.read',
  rest: { method: 'GET', path: '/credit-notes/{creditNote}/file' },
  input: z.object({ creditNote: z.uuid(), format: z.enum(['pdf', 'html']).default('pdf') }),
  output: z.object({
    fileName: z.string(),
    contentType: z.string(),
    /** The file in Base64 (RFC 4648 §4). */
    base64: z.string(),
  }),
  async run({ tx, input, tenantId }) {
    const note = await findCreditNote(tx, tenantId, input.creditNote);
    return writeFile(input.format, creditNoteName(note.number), creditNoteWords(note), hashOfNote(note));
  },
});
