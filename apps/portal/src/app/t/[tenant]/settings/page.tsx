export { SettingsPage as default, settingsMetadata as metadata } from '@/features/settings/ui/settings-page.tsx';
