export {
  ApplicationsPage as default,
  applicationsMetadata as metadata,
} from '@/features/applications/ui/applications-page.tsx';
