export { TeamPage as default, teamMetadata as metadata } from '@/features/team/ui/team-page.tsx';
