import { STATEMENT_WORDS } from '@parley/domain/statements/words';
import { Notice } from '@parley/ui/page';
import type { RouterOutputs } from '@/trpc/root.ts';
import { Amount } from './amount.tsx';

type Statement = RouterOutputs['customers']['statement'];

const STANDING: Readonly<Record<keyof Statement['standing'], string>> = {
  unbilled: 'Used and not invoiced',
  receivable: 'Invoiced and not paid',
  cash: 'Paid in',
  credit: 'Credit that customers still hold',
  owedBack: 'Owed back to customers',
  platformShare: 'The operator’s share',
  tax: 'Tax',
};

/** A month from its opening to its closing balance, and where that stands. */
export function StatementTable({ statement }: { statement: Statement }) {
  const { currency, month, standing } = statement;
  const parts = Object.entries(STANDING).flatMap(([part, label]) => {
    const amount = standing[part as keyof typeof standing];
    return amount === '0' ? [] : [{ part, label, amount }];
  });
  return (
    <>
      {!statement.ties && (
        <Notice tone="danger" title="These figures do not add up to the ledger’s balance.">
          Look at the standing checks on the System page.
        </Notice>
      )}
      <section aria-label={`Statement ${month}`} className="overflow-x-auto rounded-md border bg-surface">
        <table className="w-full border-collapse text-left text-sm">
          <tbody>
            <Line name="Opening balance" amount={statement.opening} currency={currency} strong />
            {statement.lines.map(({ kind, usedIn, api, plan, amount }) => (
              <Line
                key={`${kind} ${usedIn} ${api} ${plan}`}
                name={
                  kind === 'charged'
                    ? [api ?? 'No API', plan && `plan ${plan}`].filter(Boolean).join(', ')
                    : STATEMENT_WORDS[kind]
                }
                note={usedIn !== null && usedIn !== month ? `used in ${usedIn}` : ''}
                amount={amount}
                currency={currency}
              />
            ))}
            <Line
              name={statement.final ? 'Closing balance' : 'Balance so far'}
              amount={statement.closing}
              currency={currency}
              strong
            />
            {parts.map(({ part, label, amount }) => (
              <Line key={part} name={label} note="of the balance" amount={amount} currency={currency} />
            ))}
          </tbody>
        </table>
      </section>
      <p className="text-muted text-xs">
        By what was booked in the month{statement.final ? '' : ', which is not over'}. SHA-256{' '}
        <span className="break-all font-mono">{statement.hash}</span>
      </p>
    </>
  );
}

function Line({
  name,
  note = '',
  amount,
  currency,
  strong = false,
}: {
  name: string;
  note?: string;
  amount: string;
  currency: string;
  strong?: boolean;
}) {
  return (
    <tr className={strong ? 'border-b bg-sunken font-medium last:border-b-0' : 'border-b last:border-b-0'}>
      <th scope="row" className="px-4 py-2.5 font-[inherit]">
        {name}
        {note && <span className="ml-2 text-muted text-xs">{note}</span>}
      </th>
      <td className="whitespace-nowrap px-4 py-2.5 text-right">
        <Amount value={amount} currency={currency} exact />
      </td>
    </tr>
  );
}
