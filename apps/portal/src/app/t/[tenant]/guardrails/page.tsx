export {
  GuardrailsPage as default,
  guardrailsMetadata as metadata,
} from '@/features/guardrails/ui/guardrails-page.tsx';
