export { UpstreamsPage as default, upstreamsMetadata as metadata } from '@/features/upstreams/ui/upstreams-page.tsx';
