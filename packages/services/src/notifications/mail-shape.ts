/** A mail in plain words: paragraphs, then at most one thing to do. */
export interface MailWords {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  readonly action?: { readonly label: string; readonly url: string };
  /** In small type beneath: why the reader got this mail. */
  readonly footnote: string;
}

/** Writes a mail as text and as HTML that needs no images or style sheets. Everything given is escaped. */
export function writeMail(words: MailWords): { subject: string; text: string; html: string } {
  const { subject, paragraphs, action, footnote } = words;
  const text = [...paragraphs, ...(action ? [`${action.label}:\n${action.url}`] : []), `-- \n${footnote}`].join('\n\n');
  const body = paragraphs.map((paragraph) => `<p style="margin:0 0 16px">${escape(paragraph)}</p>`).join('');
  const button = action
    ? `<p style="margin:24px 0"><a href="${escape(action.url)}" style="background:#0f6b6b;color:#ffffff;padding:10px 18px;border-radius:8px;text-decoration:none;display:inline-block">${escape(action.label)}</a></p>`
    : '';
  const html = `<!doctype html><html lang="en"><body style="margin:0;padding:32px 16px;background:#f6f7f7"><div style="max-width:520px;margin:0 auto;padding:32px;background:#ffffff;border:1px solid #e2e6e6;border-radius:8px;font:16px/1.5 system-ui,sans-serif;color:#14191b"><p style="margin:0 0 24px;font-weight:600">Parley</p>${body}${button}<p style="margin:24px 0 0;font-size:13px;color:#636d71">${escape(footnote)}</p></div></body></html>`;
  return { subject, text, html };
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
