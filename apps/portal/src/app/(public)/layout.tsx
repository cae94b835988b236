export { PublicLayout as default } from '@/features/shell/ui/public-layout.tsx';
