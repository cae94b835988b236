'use client';

export { GlobalErrorPage as default } from '@/features/shell/ui/global-error-page.tsx';
