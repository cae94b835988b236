export { BudgetsPage as default, budgetsMetadata as metadata } from '@/features/budgets/ui/budgets-page.tsx';
