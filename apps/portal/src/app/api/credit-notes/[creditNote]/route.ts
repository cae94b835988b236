export { downloadCreditNoteFile as GET } from '@/features/invoices/server/download.ts';
