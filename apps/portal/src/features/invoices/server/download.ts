import { FAULT_STATUS, Fault } from '@parley/kernel/fault';
import { downloadCreditNote } from '@parley/services/credit-notes/download';
import { downloadInvoice } from '@parley/services/invoices/download';
import { requestContext, TENANT_HEADER } from '../../../trpc/context.ts';

/** `GET /api/invoices/<id>?tenant=<slug>&format=pdf|html`: an invoice as a file. */
export async function downloadInvoiceFile(
  request: Request,
  { params }: { params: Promise<{ invoice: string }> },
): Promise<Response> {
  const { invoice } = await params;
  return answerWithFile(request, downloadInvoice, { invoice });
}

/** `GET /api/credit-notes/<id>?tenant=<slug>&format=pdf|html`: a credit note as a file. */
export async function downloadCreditNoteFile(
  request: Request,
  { params }: { params: Promise<{ creditNote: string }> },
): Promise<Response> {
  const { creditNote } = await params;
  return answerWithFile(request, downloadCreditNote, { creditNote });
}

/**
 * A document as a file, for members of either side who may see invoices. A page of it can load nothing and run nothing. What is
 * wrong is a problem (RFC 9457).
 */
async function answerWithFile(
  request: Request,
  verb: typeof downloadInvoice | typeof downloadCreditNote,
  which: object,
): Promise<Response> {
  const { searchParams } = new URL(request.url);
  const headers = new Headers(request.headers);
  headers.set(TENANT_HEADER, searchParams.get('tenant') ?? '');
  try {
    const context = await requestContext(new Request(request.url, { headers })).verbs();
    const file = await verb.invoke(context, { ...which, format: searchParams.get('format') ?? 'pdf' });
    const shown = file.contentType.startsWith('text/html') ? 'inline' : 'attachment';
    return new Response(Buffer.from(file.base64, 'base64'), {
      headers: {
        'content-type': file.contentType,
        'content-disposition': `${shown}; filename="${file.fileName}"`,
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        'x-content-type-options': 'nosniff',
        'cache-control': 'private, no-store',
      },
    });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const status = FAULT_STATUS[error.code];
    return Response.json(
      { title: error.message, status, code: error.code, errors: error.issues },
      { status, headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' } },
    );
  }
}
