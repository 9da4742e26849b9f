// The directory as one caller sees it: domains and bridge passwords.
import t from 'tap';
import { ConferenceDirectory } from '../../src/calls/index.js';
import { VisibleDirectory } from '../../src/calls/visible-directory.js';
import { documentOf } from '../store/scratch.js';

async function directory(): Promise<ConferenceDirectory> {
  const whole = new ConferenceDirectory({
    version: () => Promise.resolve(1),
    conferences: () =>
      Promise.resolve([
        { id: 'open', document: documentOf({ conference_numbers: ['1'] }) },
        { id: 'domain', document: documentOf({ conference_numbers: ['2'], domain: 'Conf.example.com' }) },
        { id: 'bridge', document: documentOf({ conference_numbers: ['3'], bridge_password: 'secret' }) },
        { id: 'empty', document: documentOf({ conference_numbers: ['4'], domain: '', bridge_password: '' }) },
      ]),
    accessNumbers: () => Promise.resolve(['9']),
  });
  await whole.refresh();
  return whole;
}

void t.test('who dialled what sees what', async (t) => {
  const whole = await directory();
  const seen = (host: string, provenFor?: string) => {
    const visible = new VisibleDirectory(whole, host, provenFor);
    return ['1', '2', '3', '4', '9', '5'].filter((number) => visible.findByNumber(number) !== undefined);
  };
  t.same(seen('192.0.2.1'), ['1', '4', '9']);
  t.same(seen('conf.EXAMPLE.com.'), ['1', '2', '4', '9']);
  t.same(seen('192.0.2.1', 'bridge'), ['1', '3', '4', '9']);
  t.same(seen('192.0.2.1', 'open'), ['1', '4', '9'], 'who has proven something else has not proven this');
});
