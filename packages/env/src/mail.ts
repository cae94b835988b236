import { z } from 'zod';
import { httpUrl, smtpUrl } from './values.ts';

/** Outgoing mail. Without SMTP_URL nothing is delivered and the worker says so. */
export const mailEnv = {
  SMTP_URL: smtpUrl().optional().describe('the mail server, e.g. smtp://user:password@mail.example.com:587'),
  MAIL_FROM: z
    .string()
    .includes('@', { message: 'it holds no mail address' })
    .default('Parley <no-reply@parley.localhost>')
    .describe('the sender of all mail, e.g. Parley <no-reply@example.com>'),
};

/** Page of the local mailbox: demo and development only. */
export const mailboxEnv = {
  MAILBOX_URL: httpUrl().optional().describe('the page of the local mailbox, e.g. http://127.0.0.1:8025'),
};
