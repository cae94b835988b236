'use client';

export { ErrorPage as default } from '@/features/shell/ui/error-page.tsx';
