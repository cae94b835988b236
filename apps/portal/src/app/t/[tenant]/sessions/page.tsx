export {
  SessionsPage as default,
  sessionsMetadata as metadata,
} from '@/features/requests/ui/sessions/sessions-page.tsx';
