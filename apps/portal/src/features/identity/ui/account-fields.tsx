'use client';

import { Field, Input } from '@parley/ui/field';
import { type FormFault, issueOf } from '@parley/ui/form';
import { PasswordField } from '@/password/password-field.tsx';

export interface AccountValues {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** Name, e-mail and a new password. With `emailFixed` the e-mail is shown and cannot be changed. */
export function AccountFields({
  values,
  onChange,
  fault,
  emailFixed,
}: {
  values: AccountValues;
  onChange: (values: AccountValues) => void;
  fault: FormFault | null;
  emailFixed?: boolean;
}) {
  return (
    <>
      <Field label="Your name" error={issueOf(fault, 'name')}>
        <Input
          name="name"
          autoComplete="name"
          value={values.name}
          onChange={(event) => onChange({ ...values, name: event.target.value })}
        />
      </Field>
      <Field label="E-mail" error={issueOf(fault, 'email')}>
        <Input
          type="email"
          name="email"
          autoComplete="username"
          readOnly={emailFixed === true}
          value={values.email}
          onChange={(event) => onChange({ ...values, email: event.target.value })}
        />
      </Field>
      <PasswordField
        label="Password"
        value={values.password}
        error={issueOf(fault, 'password')}
        onChange={(password) => onChange({ ...values, password })}
      />
    </>
  );
}
