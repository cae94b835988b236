import { nextNumber } from '@parley/db/repositories/invoices';
import { creditNoteName, invoiceName } from '@parley/domain/invoices/document';
import { spreadTax } from '@parley/domain/invoices/taxes';
import { must } from '@parley/kernel/assert';
import { Fault } from '@parley/kernel/fault';
import { newId } from '@parley/kernel/id';
import { z } from 'zod';
import { platformShareOf, splitTax, taxInGivenBack } from '../billing/give-back.ts';
import { openAccount } from '../billing/post.ts';
import { documentOf } from '../billing/recompute-invoice.ts';
import { refund } from '../billing/refund.ts';
import { amountAbove0, nanoOf } from '../billing-accounts/account-shape.ts';
import { asJson } from '../given.ts';
import { noteMove } from '../stripe/note-move.ts';
import { defineVerb } from '../verb.ts';
import { creditNoteShape, findIssued, readCreditNotes } from './invoice-shape.ts';

/** Takes an amount off an invoice: first from what is still due, the rest is owed back to the customer. */
export const creditInvoice = defineVerb({
  name: 'invoices.credit',
  summary:
    'Write a credit note for an invoice, tax included: it lowers what is due, and what was paid already is owed back.',
  kind: 'write',
  access: 'billing.write',
  rest: { method: 'POST', path: '/invoices/{invoice}/credit-notes' },
  input: z.object({
    invoice: z.uuid(),
    amount: amountAbove0,
    /** Shown to the customer. */
    reason: z.string().trim().min(1, 'Say what it is for.').max(500, 'At most 500 characters.'),
    /** A repeat under the same key writes no second one. */
    key: z.string().min(1).max(100).optional(),
  }),
  output: creditNoteShape,
  async run({ tx, input, tenantId, context, audit }) {
    const { billingAccountId } = await findIssued(tx, tenantId, input.invoice);
    await openAccount(tx, tenantId, billingAccountId);
    const invoice = await findIssued(tx, tenantId, input.invoice);
    const notes = await readCreditNotes(tx, invoice);
    const key = `${invoice.id}:${input.key ?? newId()}`;
    const amountNano = nanoOf(input.amount);
    const known = await tx.creditNote.findUnique({ where: { tenantId_key: { tenantId, key } } });
    if (known) {
      if (known.amountNano !== amountNano) throw new Fault('conflict', 'This key was used for another credit note.');
      return must(
        notes.find(({ id }) => id === known.id),
        'the credit note written before',
      );
    }
    if (invoice.state === 'void') throw new Fault('invalid_state', 'This invoice was voided: it asks for nothing.');
    const writtenOff = invoice.state === 'uncollectible';
    const left = notes.reduce((sum, note) => sum - note.amountNano, invoice.totalNano);
    if (amountNano > left) {
      const message = 'More than the invoice’s total, less what credit notes have taken off it.';
      throw new Fault('invalid_input', message, [{ path: 'amount', message }]);
    }
    const due = invoice.totalNano - invoice.amountPaidNano - invoice.creditedNano;
    const offInvoiceNano = amountNano < due ? amountNano : due;
    const whole = { grossNano: amountNano, taxNano: await taxInGivenBack(tx, invoice, amountNano) };
    const off = splitTax(whole, offInvoiceNano);
    const owed = {
      amountNano: amountNano - whole.taxNano - off.amountNano,
      taxNano: whole.taxNano - off.taxNano,
    };
    const share = {
      tenantId,
      accountId: invoice.billingAccountId,
      of: 'revenue',
      invoiceId: invoice.id,
      platformSharePpm: await platformShareOf(tx, invoice),
      note: input.reason,
    } as const;
    if (offInvoiceNano > 0n) {
      await refund(tx, { ...share, key: `credit:${key}:off`, to: writtenOff ? 'written_off' : 'receivable', ...off });
    }
    if (amountNano > offInvoiceNano) {
      await refund(tx, { ...share, key: `credit:${key}:owed`, to: 'owed', ...owed });
    }
    await noteMove(tx, invoice);
    const number = await nextNumber(tx, tenantId, 'credit_note');
    const id = newId();
    await tx.creditNote.create({
      data: {
        tenantId,
        id,
        invoiceId: invoice.id,
        number,
        amountNano,
        offInvoiceNano,
        taxNano: whole.taxNano,
        taxes: asJson(spreadTax(documentOf(invoice).taxes ?? [], whole.taxNano, invoice.currency)),
        reason: input.reason,
        key,
        createdById: context.userId,
      },
    });
    await audit({
      subject: { kind: 'invoice', id: invoice.id, label: invoiceName(invoice.number) },
      detail: {
        creditNote: creditNoteName(number),
        amount: input.amount,
        currency: invoice.currency,
        reason: input.reason,
      },
    });
    return must(
      (await readCreditNotes(tx, invoice)).find((note) => note.id === id),
      'the credit note just written',
    );
  },
});
