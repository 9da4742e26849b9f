// Two phones dial a box from outside, enter the PIN of the demo conference and hear each other: for the test of the
// image, whose box is no process of this machine. Prints what was measured, fails with what was heard instead.
//
// usage: two-phones.js BOX OWN_ADDRESS [stay]   stay: say "talking" and go on until interrupted, then hang up
import { once } from 'node:events';
import { Phone } from '../phone/phone.js';

const [box = '127.0.0.1', bind = '127.0.0.1', stay] = process.argv.slice(2);
const tones = [440, 1010];
/** The box is an emulated one, some ten times slower than a real one, ms. */
const patience = { timeoutMs: 60_000 };

const phones = await Promise.all(tones.map((tone) => new Phone({ bind, tone, codecs: ['PCMU'] }).start()));
try {
  const calls = phones.map((phone) => phone.call(`sip:3000@${box}`));
  await Promise.all(calls.map((call) => call.answered()));
  console.log(`answered after ${calls.map((call) => Math.round(call.setupMs ?? NaN)).join(' and ')} ms`);
  for (const call of calls) {
    // The box asks for the PIN; a key pressed while it speaks counts.
    await call.rx.waitForAudio(patience);
    await call.press('1234#', { durationMs: 160, gapMs: 160 });
  }
  const heard = await Promise.all(
    calls.map((call, n) => call.rx.waitForTone(tones[1 - n]!, { ...patience, min: 2_400 })),
  );
  console.log(`each hears the other's tone of 3000 with ${heard.map(Math.round).join(' and ')}`);
  if (stay) {
    console.log('talking');
    await once(process, 'SIGINT');
  }
  await Promise.all(calls.map((call) => call.hangup()));
} finally {
  await Promise.all(phones.map((phone) => phone.stop()));
}
