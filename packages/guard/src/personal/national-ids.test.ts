import { expect, test } from 'vitest';
import { planScan } from '../scan/plan.ts';
import { scanText } from '../scan/scanner.ts';
import { nationalIds } from './national-ids.ts';

const plan = planScan([nationalIds]);

function rulesIn(text: string): string[] {
  const rules: string[] = [];
  scanText(plan, text, ({ rule }) => {
    rules.push(rule);
    return undefined;
  });
  return rules;
}

/** Numbers that authorities and standards publish as examples, or that are well known as test numbers. */
test.each([
  ['us.ssn', '536-22-1234'],
  ['us.itin', '912-70-1234'],
  ['gb.nino', 'AB 12 34 56 C'],
  ['gb.nhs', 'NHS number 943 476 5919'],
  ['es.dni', '12345678Z'],
  ['es.nie', 'X1234567L'],
  ['it.codice-fiscale', 'RSSMRA85T10A562S'],
  ['fr.nir', '2 69 05 49 588 157 80'],
  ['de.steuer-id', 'Steuer-ID 86 095 742 719'],
  ['nl.bsn', 'BSN 111222333'],
  ['be.rijksregister', '85.07.30-033.28'],
  ['pt.nif', 'NIF 123456789'],
  ['pl.pesel', 'PESEL: 44051401359'],
  ['se.personnummer', '811228-9874'],
  ['fi.hetu', '131052-308T'],
  ['ch.ahv', '756.9217.0769.85'],
  ['at.svnr', 'SVNR 1237 010180'],
  ['bg.egn', 'EGN 7523169263'],
  ['cz.rodne-cislo', '736028/5163'],
  ['br.cpf', '529.982.247-25'],
  ['cl.rut', '12.345.678-5'],
  ['ar.cuit', '20-12345678-6'],
  ['mx.curp', 'HEGG560427MVZRRL04'],
  ['in.aadhaar', '2341 2341 2346'],
  ['in.pan', 'ABCPE1234F'],
  ['cn.resident-id', '11010519491231002X'],
  ['za.id', '8001015009087'],
  ['tr.tckn', 'TCKN 10000000146'],
  ['au.tfn', 'TFN 123 456 782'],
  ['ca.sin', 'SIN 130 692 544'],
  ['sg.nric', 'S1234567D'],
  ['jp.my-number', 'My Number 1234 5678 9018'],
])('finds %s: %s', (rule, text) => {
  expect(rulesIn(`It is ${text}, as agreed.`)).toEqual([`id.${rule}`]);
});

test('a wrong check digit is no id', () => {
  for (const text of [
    '12345678A',
    'RSSMRA85T10A562T',
    '85.07.30-033.29',
    '756.9217.0769.84',
    '529.982.247-26',
    'S1234567A',
    '11010519491231002Y',
    '131052-308U',
  ]) {
    expect(rulesIn(`It is ${text}, as agreed.`), text).toEqual([]);
  }
});

test('digits whose check proves little count only where words say what they are', () => {
  for (const text of ['111222333', '123456789', '44051401359', '943 476 5919', '130 692 544'])
    expect(rulesIn(`Order ${text}`)).toEqual([]);
});
