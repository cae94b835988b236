import { z } from 'zod';

const moment = z.iso.datetime({ offset: true, error: 'Write a time like 2027-03-01T09:00:00Z.' });
const percent = z.number().int('A whole number.').min(0).max(100);

const brownOutWindow = z
  .strictObject({
    from: moment.describe('Begins, such as 2027-03-01T09:00:00Z'),
    to: moment.describe('Ends; calls are answered again from here on'),
    percent: percent.default(100).describe('Share of the calls refused meanwhile'),
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), { path: ['to'], error: 'It must end after it begins.' });

const brownOutStep = z.strictObject({
  from: moment.describe('From here on, until the next step'),
  percent: percent.describe('Share of the calls refused'),
});

/**
 * Times in which calls to a deprecated version are refused for a while, so that those who did not read of its end notice
 * before it comes. Holds only while the version is deprecated. Where several are in force, the largest share counts.
 */
export const brownOutsPolicy = z
  .strictObject({
    windows: z
      .array(brownOutWindow)
      .max(100, 'At most 100 windows.')
      .default([])
      .describe('Times in which calls are refused'),
    schedule: z
      .array(brownOutStep)
      .max(50, 'At most 50 steps.')
      .default([])
      .describe('Rising shares: each step holds from its time until the next'),
    link: z
      .url('Write a whole URL.')
      // It is sent in a header, between angle brackets.
      .regex(/^https?:\/\/[!#-;=?-~]+$/, 'Write a web address; encode what is no plain URL character.')
      .max(500)
      .optional()
      .describe('Page that says how to move on; the API’s page when empty'),
  })
  .refine(({ windows, schedule }) => windows.length + schedule.length > 0, {
    path: ['windows'],
    error: 'Say when: add a window, or a step of a schedule.',
  });
export type BrownOutsPolicy = z.output<typeof brownOutsPolicy>;
