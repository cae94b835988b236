/** How a test card behaves; numbers as in https://docs.stripe.com/testing. */
export interface TestCard {
  readonly number: string;
  /** The payment method of Stripe's that stands for it in tests. */
  readonly token: string;
  readonly brand: 'visa' | 'mastercard';
  readonly label: string;
  /** Why it cannot be kept or paid with at the first moment. */
  readonly refusedAtOnce?: string;
  /** Why later charges fail although it could be kept. */
  readonly refusedLater?: string;
}

export const TEST_CARDS: readonly TestCard[] = [
  { number: '4242424242424242', token: 'pm_card_visa', brand: 'visa', label: 'pays' },
  { number: '5555555555554444', token: 'pm_card_mastercard', brand: 'mastercard', label: 'pays' },
  {
    number: '4000000000000341',
    token: 'pm_card_chargeCustomerFail',
    brand: 'visa',
    label: 'can be kept, every later charge fails',
    refusedLater: 'generic_decline',
  },
  {
    number: '4000000000000002',
    token: 'pm_card_visa_chargeDeclined',
    brand: 'visa',
    label: 'is declined',
    refusedAtOnce: 'generic_decline',
  },
  {
    number: '4000000000009995',
    token: 'pm_card_visa_chargeDeclinedInsufficientFunds',
    brand: 'visa',
    label: 'is declined: insufficient funds',
    refusedAtOnce: 'insufficient_funds',
  },
];

export const cardByNumber = (number: string): TestCard | undefined =>
  TEST_CARDS.find((card) => card.number === number.replaceAll(' ', ''));
export const cardByToken = (token: string): TestCard | undefined => TEST_CARDS.find((card) => card.token === token);
