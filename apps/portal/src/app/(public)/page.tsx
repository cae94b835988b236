export { LandingPage as default } from '@/features/landing/ui/landing-page.tsx';
