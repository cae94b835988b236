/** Accounts of the ledger. Debits are positive, credits negative; every transaction sums to zero. */
export const LEDGER_ACCOUNTS = [
  'unbilled',
  'receivable',
  'cash',
  'credit_purchased',
  'credit_promotional',
  'promotion',
  'breakage',
  'publisher_share',
  'platform_share',
  'tax',
  'write_off',
  'refund',
] as const;
export type LedgerAccount = (typeof LEDGER_ACCOUNTS)[number];

/** What a transaction of the ledger records. */
export const LEDGER_KINDS = [
  'accrual',
  'draw',
  'give_back',
  'grant',
  'expire',
  'void',
  'invoice',
  'payment',
  'refund',
  'void_invoice',
  'write_off',
] as const;
export type LedgerKind = (typeof LEDGER_KINDS)[number];

export const CREDIT_KINDS = ['promotional', 'purchased'] as const;
export type CreditKind = (typeof CREDIT_KINDS)[number];

/** How a customer stands with a publisher: `restricted` may use what its plans include, `suspended` nothing. */
export const BILLING_STANDINGS = ['good', 'grace', 'restricted', 'suspended'] as const;
export type BillingStanding = (typeof BILLING_STANDINGS)[number];
