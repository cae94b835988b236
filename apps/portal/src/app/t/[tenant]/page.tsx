export { redirectHome as default } from '@/features/shell/ui/redirect-home.ts';
