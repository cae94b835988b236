import type { Thing } from './collection.ts';

type Metadata = Record<string, string>;

/** A customer. */
export interface Customer extends Thing {
  object: 'customer';
  email: string | null;
  name: string | null;
  description: string | null;
  metadata: Metadata;
  balance: number;
  delinquent: boolean;
  currency: string | null;
  default_source: null;
  invoice_prefix: string;
  invoice_settings: { default_payment_method: string | null };
  test_clock: string | null;
  livemode: false;
}

export interface PaymentMethod extends Thing {
  object: 'payment_method';
  type: 'card';
  customer: string | null;
  card: { brand: string; last4: string; exp_month: number; exp_year: number };
  metadata: Metadata;
  livemode: false;
}

export interface PaymentIntent extends Thing {
  object: 'payment_intent';
  amount: number;
  amount_received: number;
  currency: string;
  customer: string | null;
  description: string | null;
  status: 'requires_payment_method' | 'succeeded' | 'canceled';
  payment_method: string | null;
  latest_charge: string | null;
  last_payment_error: Record<string, unknown> | null;
  metadata: Metadata;
  livemode: false;
}

export interface Charge extends Thing {
  object: 'charge';
  amount: number;
  amount_refunded: number;
  currency: string;
  customer: string | null;
  payment_intent: string;
  payment_method: string;
  paid: boolean;
  refunded: boolean;
  status: 'succeeded' | 'failed';
  failure_code: string | null;
  livemode: false;
}

export interface SetupIntent extends Thing {
  object: 'setup_intent';
  customer: string | null;
  payment_method: string | null;
  status: 'requires_payment_method' | 'succeeded';
  usage: 'off_session';
  metadata: Metadata;
  livemode: false;
}

export interface Refund extends Thing {
  object: 'refund';
  amount: number;
  currency: string;
  charge: string;
  payment_intent: string;
  reason: string | null;
  status: 'succeeded';
  metadata: Metadata;
}

export interface InvoiceLine {
  id: string;
  object: 'line_item';
  amount: number;
  subtotal: number;
  currency: string;
  description: string | null;
  invoice: string | null;
  metadata: Metadata;
  period: { start: number; end: number };
  pricing: { type: 'price_details'; price_details: { product: string } } | null;
  quantity: number | null;
  livemode: false;
}

export interface InvoiceItem extends Thing {
  object: 'invoiceitem';
  amount: number;
  currency: string;
  customer: string;
  description: string | null;
  invoice: string | null;
  metadata: Metadata;
  period: { start: number; end: number };
  quantity: number;
  livemode: false;
}

export type InvoiceStatus = 'draft' | 'open' | 'paid' | 'void' | 'uncollectible';

export interface Invoice extends Thing {
  object: 'invoice';
  customer: string;
  currency: string;
  status: InvoiceStatus;
  number: string | null;
  description: string | null;
  collection_method: 'charge_automatically' | 'send_invoice';
  auto_advance: boolean;
  billing_reason: 'manual' | 'subscription_create' | 'subscription_cycle';
  default_payment_method: string | null;
  lines: { object: 'list'; data: InvoiceLine[]; has_more: false; url: string };
  subtotal: number;
  total: number;
  amount_due: number;
  amount_paid: number;
  amount_remaining: number;
  amount_overpaid: number;
  pre_payment_credit_notes_amount: number;
  post_payment_credit_notes_amount: number;
  attempt_count: number;
  attempted: boolean;
  next_payment_attempt: number | null;
  due_date: number | null;
  period_start: number;
  period_end: number;
  hosted_invoice_url: string | null;
  invoice_pdf: null;
  metadata: Metadata;
  parent: { type: 'subscription_details'; subscription_details: { subscription: string } } | null;
  status_transitions: {
    finalized_at: number | null;
    paid_at: number | null;
    voided_at: number | null;
    marked_uncollectible_at: number | null;
  };
  livemode: false;
}

export interface InvoicePayment extends Thing {
  object: 'invoice_payment';
  invoice: string;
  amount_requested: number;
  amount_paid: number | null;
  currency: string;
  is_default: boolean;
  payment: { type: 'payment_intent'; payment_intent: string };
  status: 'open' | 'paid' | 'canceled';
  status_transitions: { canceled_at: number | null; paid_at: number | null };
  livemode: false;
}

export interface CreditNote extends Thing {
  object: 'credit_note';
  invoice: string;
  customer: string;
  currency: string;
  amount: number;
  total: number;
  subtotal: number;
  number: string;
  memo: string | null;
  reason: string | null;
  status: 'issued' | 'void';
  type: 'pre_payment' | 'post_payment';
  pre_payment_amount: number;
  post_payment_amount: number;
  out_of_band_amount: number | null;
  refunds: { amount_refunded: number; refund: string; type: 'refund' }[];
  metadata: Metadata;
  voided_at: number | null;
  livemode: false;
}

export interface CheckoutSession extends Thing {
  object: 'checkout.session';
  mode: 'payment' | 'setup' | 'subscription';
  status: 'open' | 'complete' | 'expired';
  payment_status: 'paid' | 'unpaid' | 'no_payment_required';
  customer: string | null;
  client_reference_id: string | null;
  currency: string | null;
  amount_total: number | null;
  amount_subtotal: number | null;
  payment_intent: string | null;
  setup_intent: string | null;
  subscription: string | null;
  invoice: string | null;
  success_url: string;
  cancel_url: string | null;
  url: string | null;
  expires_at: number;
  metadata: Metadata;
  livemode: false;
}

export interface CreditGrant extends Thing {
  object: 'billing.credit_grant';
  customer: string;
  amount: { type: 'monetary'; monetary: { currency: string; value: number } };
  applicability_config: { scope: { price_type?: 'metered' | undefined; prices?: { id: string }[] | undefined } };
  category: 'paid' | 'promotional';
  effective_at: number;
  expires_at: number | null;
  name: string | null;
  priority: number;
  metadata: Metadata;
  updated: number;
  voided_at: number | null;
  livemode: false;
}
