export { SessionPage as default, sessionMetadata as metadata } from '@/features/requests/ui/sessions/sessions-page.tsx';
