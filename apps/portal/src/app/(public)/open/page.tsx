export { OpenPage as default } from '@/features/identity/ui/open-page.tsx';
