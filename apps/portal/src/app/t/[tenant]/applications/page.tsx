export { applicationsMetadata as metadata, ApplicationsPage as default } from '@/features/applications/ui/applications-page.tsx';
