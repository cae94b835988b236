export { HomePage as default, homeMetadata as metadata } from '@/features/home/ui/home-page.tsx';
