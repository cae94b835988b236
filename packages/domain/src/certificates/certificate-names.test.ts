import { X509Certificate } from 'node:crypto';
import { issueCertificate } from '@parley/testkit/certificate';
import { expect, it } from 'vitest';
import { certificateIdentity, certificateNames } from './certificate-names.ts';

const authority = issueCertificate({
  subject: [
    ['O', 'Acme'],
    ['CN', 'Acme Root'],
  ],
  authority: true,
});
const shop = issueCertificate({
  subject: [
    ['C', 'DE'],
    ['O', 'Acme'],
    ['CN', 'shop'],
  ],
  issuer: authority,
  dns: ['Shop.Acme.test', 'b.test'],
  uris: ['spiffe://acme.test/shop'],
  ips: ['192.0.2.7'],
});

it('reads the names of a certificate', () => {
  const names = certificateNames(shop.cert);
  expect(names).toMatchObject({
    issuer: 'O=Acme, CN=Acme Root',
    subjects: [
      'C=DE, O=Acme, CN=shop',
      'dns:shop.acme.test',
      'dns:b.test',
      'uri:spiffe://acme.test/shop',
      'ip:192.0.2.7',
    ],
  });
  expect(names.thumbprint).toMatch(/^[0-9a-f]{64}$/);
  expect(names.validFromMs).toBeLessThan(names.validToMs);
  expect(new X509Certificate(shop.cert).verify(new X509Certificate(authority.cert).publicKey)).toBe(true);
});

it('gives no alternative names where one of them could be read as several', () => {
  const sly = issueCertificate({ subject: [['CN', 'sly']], dns: ['a.test, DNS:bank.test'] });
  expect(certificateNames(sly.cert).subjects).toEqual(['CN=sly']);
});

it('is registered by itself, by its thumbprint however written, or by a name and who gave it', () => {
  const { thumbprint } = certificateNames(shop.cert);
  const known = { issuer: 'sha256', subject: thumbprint };
  expect(certificateIdentity({ certificate: shop.cert })).toEqual(known);
  expect(certificateIdentity({ subject: thumbprint })).toEqual(known);
  expect(certificateIdentity(known)).toEqual(known);
  const spelled = `SHA256:${(thumbprint.toUpperCase().match(/../g) ?? []).join(':')}`;
  expect(certificateIdentity({ subject: spelled })).toEqual(known);
  const byName = { issuer: 'O=Acme, CN=Acme Root', subject: 'dns:Shop.test' };
  expect(certificateIdentity(byName)).toEqual({ ...byName, subject: 'dns:shop.test' });
});

it.each([
  [{}, 'certificate'],
  [{ certificate: 'x' }, 'certificate'],
  [{ certificate: shop.cert, subject: 'x' }, 'subject'],
  [{ subject: 'CN=shop' }, 'issuer'],
  [{ issuer: 'sha256', subject: 'CN=shop' }, 'subject'],
  [{ issuer: 'O=Acme' }, 'certificate'],
])('%j is refused beside the field that is wrong', (input, field) => {
  expect(certificateIdentity(input)).toMatchObject({ field });
});
