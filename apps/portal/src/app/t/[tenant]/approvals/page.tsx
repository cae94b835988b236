export { ApprovalsPage as default, approvalsMetadata as metadata } from '@/features/approvals/ui/approvals-page.tsx';
