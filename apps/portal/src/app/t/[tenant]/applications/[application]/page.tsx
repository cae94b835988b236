export {
  ApplicationPage as default,
  applicationMetadata as generateMetadata,
} from '@/features/applications/ui/application-page.tsx';
